package dev.cerberus.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A translator of automata over characters into automata over the bytes that spell them:
 * as UTF-8, or as a JSON string. Confined to the thread that compiles.
 */
/*
 * A JSON string has one spelling here: what need not be escaped is not, and what has a
 * short escape is written with it. Every state of the characters' automaton becomes one
 * between two characters; those within a character know the range of characters that its
 * bytes so far leave, or, where all of these lead to one state, only that state and how
 * many bytes are missing.
 */
final class ByteCompiler {

    private enum Kind {

        OPEN, BETWEEN, WITHIN, SURE, ESCAPE, HEX, CLOSED

    }

    /**
     * A state.
     *
     * @param a state of the characters' automaton
     * @param b first character of the range, or the hexadecimal digits read
     * @param c bytes or digits that are missing
     */
    private record Key(Kind kind, int a, int b, int c) {
    }

    private static final String SHORT = "\"\\bfnrt";

    private static final String SHORT_VALUES = "\"\\\b\f\n\r\t";

    private final CharacterAutomaton characters;

    private final boolean json;

    private final CompileBudget budget;

    private final Map<Key, Integer> ids = new HashMap<>();

    private final List<Key> keys = new ArrayList<>();

    private ByteCompiler(CharacterAutomaton characters, boolean json, CompileBudget budget) {
        this.characters = characters;
        this.json = json;
        this.budget = budget;
    }

    /** Returns the JSON strings whose values an automaton accepts, quotes included. */
    static TableAutomaton json(CharacterAutomaton characters, CompileBudget budget) {
        return new ByteCompiler(characters, true, budget).compile(false);
    }

    /** Returns the texts that an automaton accepts in UTF-8. */
    static TableAutomaton utf8(CharacterAutomaton characters, CompileBudget budget) {
        return new ByteCompiler(characters, false, budget).compile(false);
    }

    /** Returns all JSON strings. */
    static TableAutomaton anyString() {
        return new ByteCompiler(CharacterAutomaton.all(CodePoints.ALL), true, new CompileBudget()).compile(true);
    }

    private TableAutomaton compile(boolean any) {
        List<int[]> rows = new ArrayList<>();
        List<Boolean> accepting = new ArrayList<>();
        id(this.json ? Kind.OPEN : Kind.BETWEEN, 0, 0, 0);
        for (int i = 0; i < this.keys.size(); i++) {
            this.budget.requireStates(this.keys.size(), "a text");
            Key key = this.keys.get(i);
            int[] row = new int[256];
            Arrays.fill(row, ByteAutomaton.NONE);
            fill(key, row);
            rows.add(row);
            accepting.add(this.json ? key.kind() == Kind.CLOSED
                    : key.kind() == Kind.BETWEEN && this.characters.accepts(key.a()));
        }
        Integer free = any ? this.ids.get(new Key(Kind.BETWEEN, 0, 0, 0)) : null;
        return new TableAutomaton(rows, accepting, (free != null) ? free : ByteAutomaton.NONE, any);
    }

    private int id(Kind kind, int a, int b, int c) {
        Key key = new Key(kind, a, b, c);
        Integer known = this.ids.putIfAbsent(key, this.keys.size());
        if (known != null) {
            return known;
        }
        this.keys.add(key);
        return this.keys.size() - 1;
    }

    private void fill(Key key, int[] row) {
        switch (key.kind()) {
            case OPEN -> row['"'] = id(Kind.BETWEEN, 0, 0, 0);
            case BETWEEN -> between(key.a(), row);
            case WITHIN -> {
                int span = 1 << (6 * (key.c() - 1));
                for (int i = 0; i < 64; i++) {
                    int from = key.b() + i * span;
                    // What fewer bytes spell must not be spelled by more.
                    if (from >= least(key.c())) {
                        row[0x80 + i] = after(key.a(), from, key.c() - 1);
                    }
                }
            }
            case SURE -> {
                int next = (key.c() == 1) ? id(Kind.BETWEEN, key.a(), 0, 0) : id(Kind.SURE, key.a(), 0, key.c() - 1);
                Arrays.fill(row, 0x80, 0xC0, next);
            }
            case ESCAPE -> escape(key.a(), row);
            case HEX -> hex(key, row);
            case CLOSED -> {
            }
        }
    }

    private void between(int state, int[] row) {
        for (int c = 0; c < 0x80; c++) {
            int next = this.characters.next(state, c);
            if (next >= 0 && !(this.json && (c < 0x20 || c == '"' || c == '\\'))) {
                row[c] = id(Kind.BETWEEN, next, 0, 0);
            }
        }
        for (int lead = 0xC2; lead <= 0xDF; lead++) {
            row[lead] = after(state, (lead & 0x1F) << 6, 1);
        }
        for (int lead = 0xE0; lead <= 0xEF; lead++) {
            row[lead] = after(state, (lead & 0x0F) << 12, 2);
        }
        for (int lead = 0xF0; lead <= 0xF4; lead++) {
            row[lead] = after(state, (lead & 0x07) << 18, 3);
        }
        if (this.json) {
            if (this.characters.accepts(state)) {
                row['"'] = id(Kind.CLOSED, 0, 0, 0);
            }
            boolean escapes = false;
            for (int c = 0; c < 0x80 && !escapes; c++) {
                escapes = (c < 0x20 || c == '"' || c == '\\') && this.characters.next(state, c) >= 0;
            }
            if (escapes) {
                row['\\'] = id(Kind.ESCAPE, state, 0, 0);
            }
        }
    }

    /**
     * Returns the state in which some bytes of the characters from one on are missing.
     */
    private int after(int state, int from, int missing) {
        int to = from + (1 << (6 * missing)) - 1;
        int first = Math.max(from, least(missing));
        if (missing == 0) {
            int next = this.characters.next(state, from);
            return (next >= 0) ? id(Kind.BETWEEN, next, 0, 0) : ByteAutomaton.NONE;
        }
        int way = this.characters.wayAt(state, first);
        if (way >= 0 && this.characters.last(state, way) >= to && first == from) {
            return id(Kind.SURE, this.characters.target(state, way), 0, missing);
        }
        for (int w = 0; w < this.characters.ways(state); w++) {
            if (this.characters.first(state, w) <= to && this.characters.last(state, w) >= first) {
                return id(Kind.WITHIN, state, from, missing);
            }
        }
        return ByteAutomaton.NONE;
    }

    /** Returns the first character that needs so many bytes after the one read. */
    private static int least(int missing) {
        return (missing == 3) ? 0x10000 : (missing == 2) ? 0x800 : 0;
    }

    private void escape(int state, int[] row) {
        for (int i = 0; i < SHORT.length(); i++) {
            int next = this.characters.next(state, SHORT_VALUES.charAt(i));
            if (next >= 0) {
                row[SHORT.charAt(i)] = id(Kind.BETWEEN, next, 0, 0);
            }
        }
        if (hasHex(state, 0, 0x1F)) {
            row['u'] = id(Kind.HEX, state, 0, 4);
        }
    }

    private boolean hasHex(int state, int from, int to) {
        for (int c = from; c <= to; c++) {
            if (SHORT_VALUES.indexOf(c) < 0 && this.characters.next(state, c) >= 0) {
                return true;
            }
        }
        return false;
    }

    private void hex(Key key, int[] row) {
        int missing = key.c() - 1;
        for (int digit = 0; digit < 16; digit++) {
            int from = (16 * key.b() + digit) << (4 * missing);
            int to = Math.min(0x1F, from + (1 << (4 * missing)) - 1);
            if (from <= 0x1F && hasHex(key.a(), from, to)) {
                row[Character.forDigit(digit, 16)] = (missing == 0)
                        ? id(Kind.BETWEEN, this.characters.next(key.a(), from), 0, 0)
                        : id(Kind.HEX, key.a(), 16 * key.b() + digit, missing);
            }
        }
    }

}
