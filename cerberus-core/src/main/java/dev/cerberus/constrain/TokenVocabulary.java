package dev.cerberus.constrain;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * The tokens of a tokenizer as bytes, ordered for finding those that fit a grammar.
 * Immutable and thread-safe; built once per tokenizer.
 */
/*
 * Several trees: those of the tokens that are whole characters which a JSON string holds
 * as they are, and one of the rest. Inside a string all of the former fit, up to the
 * number of characters that the string may still have, so only the latter are walked.
 */
public final class TokenVocabulary {

    /**
     * Precedes the text of a special token. No text has this byte, so such tokens fit
     * only where a grammar asks for one, or heeds none.
     */
    static final int MARK = 0xFF;

    /** Tokens with more plain characters than this are looked at one by one. */
    private static final int COUNTED = 24;

    private final byte[][] texts; // empty for tokens without text

    private final Set<Integer> ends;

    private final List<TokenSlice> slices; // the last one holds what is not plain

    private final TokenTrie all;

    private final int[] byCharacters; // plain tokens, those with few characters first

    private final int[] upTo; // [COUNTED + 1], how many of them have at most so many

    private final long[][] plainBits; // [COUNTED + 1], bits of those

    private final long[] allPlain;

    private final int[] characters; // [tokens], of plain ones

    private final int[] silent; // tokens without text that do not end the answer

    private final Map<ByteAutomaton, Map<Integer, Reach>> shared = new ConcurrentHashMap<>();

    /**
     * Creates a vocabulary.
     * @param texts the bytes that each token adds to a text, [tokens]; empty for tokens
     * that add none, such as control tokens
     * @param ends the tokens that end an answer
     */
    public TokenVocabulary(byte[][] texts, Set<Integer> ends) {
        this(texts, ends, Map.of());
    }

    /**
     * Creates a vocabulary in which grammars can ask for special tokens.
     * @param pieces the bytes that each token adds to a text, [tokens]; empty for tokens
     * that add none, such as control tokens
     * @param ends the tokens that end an answer
     * @param marks texts of special tokens by token
     */
    public TokenVocabulary(byte[][] pieces, Set<Integer> ends, Map<Integer, String> marks) {
        this.texts = marked(pieces, marks);
        byte[][] texts = this.texts;
        this.ends = Set.copyOf(ends);
        this.characters = new int[texts.length];
        boolean complete = hasContinuations(texts, this.ends);
        int[] usable = IntStream.range(0, texts.length)
            .filter((id) -> texts[id].length > 0 && !this.ends.contains(id))
            .filter((id) -> complete || marks.containsKey(id) || wholeCharacters(texts[id]) > 0)
            .toArray();
        forgetAllBut(usable, texts);
        this.silent = IntStream.range(0, texts.length)
            .filter((id) -> texts[id].length == 0 && !this.ends.contains(id))
            .toArray();
        for (int id : usable) {
            this.characters[id] = plainCharacters(texts[id]);
        }
        this.byCharacters = Arrays.stream(usable)
            .filter((id) -> this.characters[id] > 0)
            .boxed()
            .sorted((a, b) -> Integer.compare(this.characters[a], this.characters[b]))
            .mapToInt(Integer::intValue)
            .toArray();
        this.slices = TokenSlice.divide(texts, this.byCharacters);
        this.slices
            .add(TokenSlice.other(texts, Arrays.stream(usable).filter((id) -> this.characters[id] == 0).toArray()));
        this.all = new TokenTrie(texts, usable);
        this.upTo = new int[COUNTED + 1];
        this.plainBits = new long[COUNTED + 1][];
        long[] bits = new long[(texts.length + 63) / 64];
        int next = 0;
        for (int count = 0; count <= COUNTED; count++) {
            while (next < this.byCharacters.length && this.characters[this.byCharacters[next]] <= count) {
                set(bits, this.byCharacters[next++]);
            }
            this.upTo[count] = next;
            this.plainBits[count] = bits.clone();
        }
        while (next < this.byCharacters.length) {
            set(bits, this.byCharacters[next++]);
        }
        this.allPlain = bits;
    }

    private static byte[][] marked(byte[][] pieces, Map<Integer, String> marks) {
        byte[][] texts = pieces.clone();
        for (int token = 0; token < texts.length; token++) {
            if (hasMark(texts[token])) {
                texts[token] = new byte[0]; // a byte of no text
            }
        }
        marks.forEach((token, mark) -> {
            byte[] text = mark.getBytes(StandardCharsets.UTF_8);
            texts[token] = new byte[text.length + 1];
            texts[token][0] = (byte) MARK;
            System.arraycopy(text, 0, texts[token], 1, text.length);
        });
        return texts;
    }

    /**
     * Parts of characters lead to dead ends where the bytes that go on are no tokens:
     * what no tree holds must not be found by its text either.
     */
    private void forgetAllBut(int[] usable, byte[][] texts) {
        BitSet kept = new BitSet();
        Arrays.stream(usable).forEach(kept::set);
        for (int id = 0; id < texts.length; id++) {
            if (!kept.get(id) && !this.ends.contains(id)) {
                texts[id] = new byte[0];
            }
        }
    }

    private static boolean hasMark(byte[] text) {
        for (byte b : text) {
            if (b == (byte) MARK) {
                return true;
            }
        }
        return false;
    }

    static void set(long[] bits, int token) {
        bits[token >>> 6] |= 1L << token;
    }

    /** Returns whether every character that is begun can be ended, byte by byte. */
    private static boolean hasContinuations(byte[][] texts, Set<Integer> ends) {
        boolean[] found = new boolean[256];
        for (int id = 0; id < texts.length; id++) {
            if (texts[id].length == 1 && !ends.contains(id)) {
                found[texts[id][0] & 0xFF] = true;
            }
        }
        for (int b = 0x80; b < 0xC0; b++) {
            if (!found[b]) {
                return false;
            }
        }
        return true;
    }

    /** Returns the number of characters of a plain text, 0 for one that is not. */
    private static int plainCharacters(byte[] text) {
        for (byte b : text) {
            if ((b >= 0 && b < 0x20) || b == '"' || b == '\\') {
                return 0;
            }
        }
        return wholeCharacters(text);
    }

    /** Returns the number of characters, 0 if the first or last is not whole. */
    private static int wholeCharacters(byte[] text) {
        TableAutomaton any = JsonStrings.ANY;
        int start = any.next(any.start(), '"');
        int state = start;
        int count = 0;
        for (byte b : text) {
            if (b >= 0) {
                if (state != start) {
                    return 0;
                }
                count++;
                continue;
            }
            state = any.next(state, b & 0xFF);
            if (state < 0) {
                return 0;
            }
            count += (state == start) ? 1 : 0;
        }
        return (state == start) ? count : 0;
    }

    /**
     * Returns the number of token ids.
     * @return positive
     */
    public int size() {
        return this.texts.length;
    }

    /**
     * Returns the tokens that end an answer.
     * @return the ids, unmodifiable
     */
    public Set<Integer> ends() {
        return this.ends;
    }

    /**
     * Returns the bytes of a token, none for one that is not known. Not to be changed.
     */
    byte[] text(int token) {
        return (token >= 0 && token < this.texts.length) ? this.texts[token] : new byte[0];
    }

    /** Returns whether a token is one that grammars of text may use. */
    boolean isSilent(int token) {
        return Arrays.binarySearch(this.silent, token) >= 0;
    }

    int[] silent() {
        return this.silent;
    }

    /** Returns the number of slices that tokens are divided into. */
    int slices() {
        return this.slices.size();
    }

    /** Returns some of the tokens; the last slice holds those that are not plain. */
    TokenSlice slice(int index) {
        return this.slices.get(index);
    }

    /** Returns the tree of all tokens, for looking up a text. */
    TokenTrie all() {
        return this.all;
    }

    /** Returns the bits of plain tokens with at most so many characters; shared. */
    long[] plainUpTo(int count) {
        return (count == ByteAutomaton.ANY_NUMBER) ? this.allPlain : this.plainBits[Math.min(count, COUNTED)];
    }

    /** Returns the plain tokens with at most so many characters that the bits lack. */
    int[] longerUpTo(int count) {
        if (count == ByteAutomaton.ANY_NUMBER || count <= COUNTED) {
            return new int[0];
        }
        int from = this.upTo[COUNTED];
        int to = from;
        while (to < this.byCharacters.length && this.characters[this.byCharacters[to]] <= count) {
            to++;
        }
        return Arrays.copyOfRange(this.byCharacters, from, to);
    }

    /** Returns what was found out about automata that many grammars share. */
    Map<Integer, Reach> sharedReaches(ByteAutomaton automaton) {
        return this.shared.computeIfAbsent(automaton, (key) -> new ConcurrentHashMap<>());
    }

}
