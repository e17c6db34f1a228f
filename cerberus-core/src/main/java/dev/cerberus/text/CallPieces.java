package dev.cerberus.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.jspecify.annotations.Nullable;

/**
 * Takes written calls apart into what is the same in all calls and what is not. Immutable
 * and thread-safe.
 */
/*
 * One call tells what stands before, between and after its name, id and arguments. Two
 * calls tell what of it belongs to each call and what stands around them all:
 *
 * H name … args M name … args T
 *
 * M ends as H does, with what begins a call; it begins as T does, with what ends one;
 * what is left of M separates calls, what is left of H and T opens and closes them.
 */
final class CallPieces {

    /** What the beginning of a piece looks like, where two pieces end alike by chance. */
    private static final String OPENINGS = "<[{(\n";

    private final ToolCallProbe.Sample one;

    private final Optional<ToolCallProbe.Sample> two;

    private final boolean numbered;

    private CallPieces(ToolCallProbe.Sample one, Optional<ToolCallProbe.Sample> two) {
        this.one = one;
        this.two = two;
        this.numbered = ToolCallIds.number(one.calls().get(0).id()).isPresent();
    }

    private record Spot(CallLayout.Part.Hole hole, int from, int to) {
    }

    /**
     * Returns the layout of calls.
     * @param one one call
     * @param two two calls, if there may be two
     * @param marker what tells calls from text
     * @param jsonName whether names are JSON strings
     * @return the layout; empty if there is no name or there are no arguments
     */
    static Optional<CallLayout> layout(ToolCallProbe.Sample one, Optional<ToolCallProbe.Sample> two, String marker,
            boolean jsonName) {
        return new CallPieces(one, two).layout(marker, jsonName);
    }

    private Optional<CallLayout> layout(String marker, boolean jsonName) {
        Optional<CallLayout.Tags> tags = hasJson(this.one.text()) ? Optional.empty() : tags(this.one.text());
        List<Spot> spots = spots(this.one, 0, 0, tags);
        if (spots.isEmpty()) {
            return Optional.empty();
        }
        String head = this.one.text().substring(0, spots.get(0).from());
        String tail = this.one.text().substring(spots.get(spots.size() - 1).to());
        boolean spaced = tags.isPresent() || !this.one.text().contains("\"" + ToolCallProbe.KEY + "\":\"");
        Around around = this.two.map((sample) -> around(sample, spots, tags)).orElse(null);
        if (around == null || !head.equals(around.open + around.before) || !tail.equals(around.after + around.close)) {
            return Optional.of(new CallLayout(marker, this.one.lead(), "", call(spots, head, tail), "", "", false,
                    jsonName, tags, spaced));
        }
        return Optional.of(new CallLayout(marker, this.one.lead(), around.open,
                call(spots, around.before, around.after), around.between, around.close, true, jsonName, tags, spaced));
    }

    private List<CallLayout.Part> call(List<Spot> spots, String before, String after) {
        List<CallLayout.Part> parts = new ArrayList<>();
        add(before, parts);
        for (int i = 0; i < spots.size(); i++) {
            if (i > 0) {
                add(this.one.text().substring(spots.get(i - 1).to(), spots.get(i).from()), parts);
            }
            parts.add(spots.get(i).hole());
        }
        add(after, parts);
        return parts;
    }

    private static void add(String text, List<CallLayout.Part> parts) {
        if (!text.isEmpty()) {
            parts.add(new CallLayout.Part.Text(text));
        }
    }

    /** Returns where name, id and arguments of a call are, in their order. */
    private List<Spot> spots(ToolCallProbe.Sample sample, int index, int from, Optional<CallLayout.Tags> tags) {
        String text = sample.text();
        ChatMessage.ToolCall call = sample.calls().get(index);
        int name = text.indexOf(call.name(), from);
        if (name < 0) {
            return List.of();
        }
        List<Spot> spots = new ArrayList<>();
        int nameEnd = name + call.name().length();
        spots.add(new Spot(CallLayout.Part.Hole.NAME, name, nameEnd));
        int id = text.indexOf(call.id(), from);
        if (this.numbered && id >= 0) {
            spots.add(new Spot(CallLayout.Part.Hole.NUMBER, nameEnd + 1, id + call.id().length()));
        }
        else if (id >= 0) {
            spots.add(new Spot(CallLayout.Part.Hole.ID, id, id + call.id().length()));
        }
        Spot arguments = tags.isPresent() ? tagged(text, nameEnd, tags.get()) : json(text, from);
        if (arguments == null) {
            return List.of();
        }
        spots.add(arguments);
        spots.sort(Comparator.comparingInt(Spot::from));
        return spots;
    }

    static boolean hasJson(String text) {
        return json(text, 0) != null;
    }

    private static @Nullable Spot json(String text, int from) {
        for (int at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
            int end = JsonScan.end(text, at);
            if (end <= text.length() && isArguments(text.substring(at, end))) {
                return new Spot(CallLayout.Part.Hole.ARGUMENTS, at, end);
            }
        }
        return null;
    }

    static boolean isArguments(String json) {
        try {
            return JsonText.read(json).equals(JsonText.read(ToolCallProbe.ARGUMENTS));
        }
        catch (JsonProcessingException ex) {
            return false; // another part of the answer
        }
    }

    private static @Nullable Spot tagged(String text, int from, CallLayout.Tags tags) {
        int begin = text.indexOf(tags.beforeKey() + ToolCallProbe.KEY, from);
        int end = text.indexOf(ToolCallProbe.SECOND_VALUE + tags.afterValue(), from);
        return (begin < 0 || end < begin) ? null : new Spot(CallLayout.Part.Hole.ARGUMENTS, begin,
                end + ToolCallProbe.SECOND_VALUE.length() + tags.afterValue().length());
    }

    /** Returns what stands around arguments that are no JSON object. */
    private static Optional<CallLayout.Tags> tags(String answer) {
        int name = answer.indexOf(ToolCallProbe.NAME);
        int key = answer.indexOf(ToolCallProbe.KEY, name);
        int value = (key < 0) ? -1 : answer.indexOf(ToolCallProbe.VALUE, key);
        int secondKey = (value < 0) ? -1 : answer.indexOf(ToolCallProbe.SECOND_KEY, value);
        int secondValue = (secondKey < 0) ? -1 : answer.indexOf(ToolCallProbe.SECOND_VALUE, secondKey);
        if (secondValue < 0) {
            return Optional.empty();
        }
        String nameToKey = answer.substring(name + ToolCallProbe.NAME.length(), key);
        String valueToKey = answer.substring(value + ToolCallProbe.VALUE.length(), secondKey);
        String beforeKey = fromOpening(commonEnd(nameToKey, valueToKey));
        String afterValue = valueToKey.substring(0, valueToKey.length() - beforeKey.length());
        String beforeValue = answer.substring(key + ToolCallProbe.KEY.length(), value);
        String rest = answer.substring(secondValue + ToolCallProbe.SECOND_VALUE.length());
        // A line break between two arguments may belong to either.
        while (!afterValue.isEmpty() && !rest.startsWith(afterValue)
                && Character.isWhitespace(afterValue.charAt(afterValue.length() - 1))) {
            beforeKey = afterValue.charAt(afterValue.length() - 1) + beforeKey;
            afterValue = afterValue.substring(0, afterValue.length() - 1);
        }
        boolean complete = !beforeKey.isBlank() && !beforeValue.isBlank() && !afterValue.isBlank()
                && rest.startsWith(afterValue) && nameToKey.endsWith(beforeKey);
        return complete ? Optional.of(new CallLayout.Tags(beforeKey, beforeValue, afterValue)) : Optional.empty();
    }

    private record Around(String open, String before, String between, String after, String close) {
    }

    private @Nullable Around around(ToolCallProbe.Sample sample, List<Spot> single, Optional<CallLayout.Tags> tags) {
        List<Spot> first = spots(sample, 0, 0, tags);
        int firstEnd = first.isEmpty() ? 0 : first.get(first.size() - 1).to();
        List<Spot> second = spots(sample, 1, firstEnd, tags);
        if (first.size() != single.size() || second.size() != single.size() || second.get(0).from() < firstEnd) {
            return null;
        }
        String text = sample.text();
        String head = text.substring(0, first.get(0).from());
        String middle = text.substring(firstEnd, second.get(0).from());
        String tail = text.substring(second.get(second.size() - 1).to());
        String before = fromOpening(commonEnd(head, middle));
        String end = middle.substring(0, middle.length() - before.length());
        String after = wholeTags(commonBegin(end, tail));
        return new Around(head.substring(0, head.length() - before.length()), before, end.substring(after.length()),
                after, tail.substring(after.length()));
    }

    private static String commonEnd(String a, String b) {
        int same = 0;
        while (same < Math.min(a.length(), b.length())
                && a.charAt(a.length() - 1 - same) == b.charAt(b.length() - 1 - same)) {
            same++;
        }
        return a.substring(a.length() - same);
    }

    private static String commonBegin(String a, String b) {
        int same = 0;
        while (same < Math.min(a.length(), b.length()) && a.charAt(same) == b.charAt(same)) {
            same++;
        }
        return a.substring(0, same);
    }

    /** Leaves out the end of a tag that is not there as a whole. */
    private static String fromOpening(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (OPENINGS.indexOf(text.charAt(i)) >= 0) {
                return text.substring(i);
            }
        }
        return text;
    }

    /** Leaves out the beginning of a tag that is not there as a whole. */
    private static String wholeTags(String text) {
        int begin = text.lastIndexOf('<');
        return (begin >= 0 && text.indexOf('>', begin) < 0) ? text.substring(0, begin) : text;
    }

}
