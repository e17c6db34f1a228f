package dev.cerberus.benchmarks.device;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * What libtorch's profiler recorded of one thread, added up by operator: the time in an
 * operator is its own, without that of the operators it calls. Immutable.
 */
final class OperatorTimes {

    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(JsonReadFeature.ALLOW_TRAILING_COMMA, JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        .build();

    private final List<Total> totals;

    private OperatorTimes(List<Total> totals) {
        this.totals = totals;
    }

    /**
     * Reads a trace.
     * @param trace a Chrome trace as libtorch writes it
     * @param shapes whether operators with inputs of other shapes count apart
     * @throws IOException if it can not be read
     */
    static OperatorTimes read(Path trace, boolean shapes) throws IOException {
        List<Call> calls = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(trace.toFile())) {
            for (JsonNode event : JSON.<JsonNode>readTree(parser)) {
                if (event.path("ph").asText().equals("X")) {
                    calls.add(new Call(name(event, shapes), event.path("ts").asDouble(), event.path("dur").asDouble()));
                }
            }
        }
        return of(calls);
    }

    private static String name(JsonNode event, boolean shapes) {
        StringBuilder name = new StringBuilder(event.path("name").asText());
        if (shapes) {
            for (JsonNode shape : event.path("shape")) {
                if (!shape.isEmpty()) {
                    name.append(' ').append(shape);
                }
            }
        }
        return name.toString();
    }

    /**
     * Adds calls up.
     * @param calls calls of one thread, of which one lies in another or beside it
     */
    static OperatorTimes of(List<Call> calls) {
        List<Call> ordered = new ArrayList<>(calls);
        // who calls comes before whom it calls
        ordered.sort(Comparator.comparingDouble(Call::begin).thenComparing(Call::micros, Comparator.reverseOrder()));
        Map<String, Total> totals = new LinkedHashMap<>();
        Deque<Call> open = new ArrayDeque<>();
        for (Call call : ordered) {
            while (!open.isEmpty() && open.element().end() <= call.begin()) {
                open.remove();
            }
            if (!open.isEmpty()) {
                totals.merge(open.element().operator(), new Total(open.element().operator(), 0, -call.micros()),
                        Total::plus);
            }
            totals.merge(call.operator(), new Total(call.operator(), 1, call.micros()), Total::plus);
            open.push(call);
        }
        return new OperatorTimes(
                totals.values().stream().sorted(Comparator.comparingDouble(Total::micros).reversed()).toList());
    }

    /** Returns the operators, the slowest first. */
    List<Total> totals() {
        return this.totals;
    }

    /** Returns the microseconds of all together. */
    double micros() {
        return this.totals.stream().mapToDouble(Total::micros).sum();
    }

    /**
     * A call of an operator.
     *
     * @param operator its name
     * @param begin when it began, in microseconds
     * @param micros how long it took
     */
    record Call(String operator, double begin, double micros) {

        double end() {
            return this.begin + this.micros;
        }

    }

    /**
     * All calls of an operator.
     *
     * @param operator its name
     * @param calls how many there were
     * @param micros how long they took by themselves, in microseconds
     */
    record Total(String operator, int calls, double micros) {

        Total plus(Total other) {
            return new Total(this.operator, this.calls + other.calls, this.micros + other.micros);
        }

    }

}
