package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a model calls tools: how calls are read, and their exact text. Learned from its
 * chat template. Immutable and thread-safe.
 *
 * <p>
 * What is learned is tried out: calls that the template writes are read back, and are
 * written again letter by letter; a convention that fails is none.
 *
 * @param syntax reads calls
 * @param layout writes them
 * @param origin where it comes from
 * @param describesTools whether the template tells the model of tools
 * @param showsResults whether the template shows what tools returned
 */
record ToolConvention(ToolCallSyntax syntax, CallLayout layout, Origin origin, boolean describesTools,
        boolean showsResults) {

    private static final Logger LOGGER = LoggerFactory.getLogger(ToolConvention.class);

    /** What models of which nothing is known are taken for. */
    static final ToolConvention USUAL = new ToolConvention(JsonToolCalls.HERMES, CallLayout.HERMES, Origin.USUAL, false,
            false);

    private static final int LONGEST_MARKER = 100;

    /**
     * Where a convention comes from.
     */
    enum Origin {

        /** The template writes calls. */
        CALLS,

        /** The template writes no calls, but tells the model how to. */
        WORDS,

        /** The template writes calls in a form that can not be read back. */
        UNREAD,

        /** The template says nothing about calls. */
        USUAL

    }

    /** Learns the convention of a template. */
    static ToolConvention learn(ChatTemplate template) {
        ToolCallProbe probe = new ToolCallProbe(template);
        boolean describesTools = probe.describesTools();
        boolean writesCalls = probe.writesCalls();
        Optional<ToolCallProbe.Sample> one = writesCalls ? probe.one() : Optional.empty();
        Optional<Learned> learned = one.flatMap((sample) -> ofCalls(sample, probe));
        if (learned.isPresent()) {
            return learned.get().as(Origin.CALLS, describesTools, probe.showsResults());
        }
        boolean showsResults = probe.showsResultsAfterText();
        if (!writesCalls && describesTools) {
            Optional<Learned> said = probe.prompt().flatMap(ToolCallWords::find).filter(ToolConvention::readsBack);
            if (said.isPresent()) {
                return said.get().as(Origin.WORDS, true, showsResults);
            }
        }
        LOGGER.debug("{} does not tell how tools are called", template);
        return new Learned(JsonToolCalls.HERMES, CallLayout.HERMES).as(writesCalls ? Origin.UNREAD : Origin.USUAL,
                describesTools, showsResults);
    }

    /**
     * What was found out about calls.
     *
     * @param syntax reads calls
     * @param layout writes them
     */
    record Learned(ToolCallSyntax syntax, CallLayout layout) {

        private ToolConvention as(Origin origin, boolean describesTools, boolean showsResults) {
            return new ToolConvention(this.syntax, this.layout, origin, describesTools, showsResults);
        }

    }

    /** Returns whether the template writes calls of earlier answers as the model does. */
    boolean templateWritesCalls() {
        return this.origin == Origin.CALLS;
    }

    private static Optional<Learned> ofCalls(ToolCallProbe.Sample one, ToolCallProbe probe) {
        boolean numbered = ToolCallIds.number(one.calls().get(0).id()).isPresent();
        Optional<Learned> learned = ofCalls(one, probe.two(numbered));
        if (learned.filter((found) -> found.layout().parallel()).isEmpty()
                || probe.three(numbered).filter((sample) -> readsBack(learned.get(), sample)).isPresent()) {
            return learned;
        }
        // What two calls show does not tell how a third is written, such as with a
        // number.
        return ofCalls(one, Optional.empty());
    }

    private static Optional<Learned> ofCalls(ToolCallProbe.Sample one, Optional<ToolCallProbe.Sample> two) {
        return Stream.concat(json(one, two).stream(), plain(one, two).stream())
            .filter((learned) -> readsBack(learned, one)
                    && (!learned.layout().parallel() || two.filter((both) -> readsBack(learned, both)).isPresent()))
            .findFirst();
    }

    private static boolean readsBack(Learned learned, ToolCallProbe.Sample sample) {
        return learned.layout().write(sample.calls()).equals(sample.text())
                && isRead(learned, sample.text(), sample.calls());
    }

    /** Returns whether calls as the model writes them are read. */
    private static boolean readsBack(Learned learned) {
        List<ChatMessage.ToolCall> calls = List.of(
                new ChatMessage.ToolCall(ToolCallIds.next(), ToolCallProbe.NAME, ToolCallProbe.ARGUMENTS),
                new ChatMessage.ToolCall(ToolCallIds.next(), ToolCallProbe.SECOND_NAME, ToolCallProbe.ARGUMENTS));
        return isRead(learned, learned.layout().write(calls), calls);
    }

    private static boolean isRead(Learned learned, String text, List<ChatMessage.ToolCall> calls) {
        List<ChatMessage.ToolCall> read = readAll(learned.syntax(), text);
        if (read.size() != calls.size()) {
            return false;
        }
        for (int i = 0; i < read.size(); i++) {
            boolean sameId = learned.layout().writesIds() ? read.get(i).id().equals(calls.get(i).id())
                    : read.get(i).id().isEmpty();
            if (!sameId || !read.get(i).name().equals(calls.get(i).name())
                    || !CallPieces.isArguments(read.get(i).argumentsJson())) {
                return false;
            }
        }
        return true;
    }

    private static List<ChatMessage.ToolCall> readAll(ToolCallSyntax syntax, String text) {
        List<ChatMessage.ToolCall> calls = new ArrayList<>();
        ToolSchemas tools = new ToolSchemas(ToolCallProbe.TOOLS);
        String rest = text;
        while (rest.contains(syntax.start()) && !rest.isEmpty()) {
            rest = rest.substring(rest.indexOf(syntax.start()));
            if (!(syntax.read(rest, true, tools) instanceof ToolCallSyntax.Reading.Calls read)) {
                break;
            }
            calls.addAll(read.calls());
            rest = rest.substring(read.length()).stripLeading();
        }
        return calls;
    }

    /** Reads calls as JSON objects. */
    private static Optional<Learned> json(ToolCallProbe.Sample one, Optional<ToolCallProbe.Sample> two) {
        String answer = one.text();
        int name = answer.indexOf(ToolCallProbe.NAME);
        for (int at = 0; at < name; at++) {
            int end = JsonScan.beginsAt(answer, at) ? JsonScan.end(answer, at) : 0;
            if (end > name && end <= answer.length()) {
                try {
                    JsonNode value = JsonText.read(answer.substring(at, end));
                    String start = answer.substring(0, at).strip();
                    String after = answer.substring(end).strip();
                    JsonToolCalls syntax = syntax(value.isArray() ? value.path(0) : value, start, after, one);
                    return isMarker(start) && isMarker(after)
                            ? CallPieces.layout(one, two, start, true).map((layout) -> new Learned(syntax, layout))
                            : Optional.empty();
                }
                catch (JsonProcessingException ex) {
                    LOGGER.trace("A bracket that is no JSON", ex);
                }
            }
        }
        return Optional.empty();
    }

    private static JsonToolCalls syntax(JsonNode call, String start, String end, ToolCallProbe.Sample one) {
        String id = one.calls().get(0).id();
        Optional<String> wrapper = call.properties()
            .stream()
            .filter((field) -> field.getValue().isObject() && hasText(field.getValue(), ToolCallProbe.NAME))
            .map(Map.Entry::getKey)
            .findFirst();
        JsonNode named = wrapper.map(call::path).orElse(call);
        return new JsonToolCalls(start, end, wrapper, key(named, ToolCallProbe.NAME).orElse("name"), key(call, id));
    }

    private static boolean hasText(JsonNode object, String text) {
        return key(object, text).isPresent();
    }

    private static Optional<String> key(JsonNode object, String text) {
        return object.properties()
            .stream()
            .filter((field) -> field.getValue().isTextual() && field.getValue().textValue().equals(text))
            .map(Map.Entry::getKey)
            .findFirst();
    }

    /** Reads calls whose names stand between markers. */
    private static Optional<Learned> plain(ToolCallProbe.Sample one, Optional<ToolCallProbe.Sample> two) {
        String start = one.text().substring(0, one.text().indexOf(ToolCallProbe.NAME)).strip();
        if (start.isEmpty() || !isMarker(start)) {
            return Optional.empty();
        }
        return CallPieces.layout(one, two, start, false)
            .filter((layout) -> layout.head().strip().equals(start))
            .map((layout) -> new Learned(
                    layout.tags().isPresent() ? TaggedToolCalls.of(layout) : MarkedToolCalls.of(layout), layout));
    }

    private static boolean isMarker(String text) {
        return text.length() <= LONGEST_MARKER;
    }

}
