package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import dev.cerberus.testing.TinyModels;
import dev.cerberus.testing.faults.FaultPoints;
import dev.cerberus.testing.faults.InstrumentingClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An {@link Error} at every method of the project that the engine thread calls: everybody
 * is told, and the engine either goes on or says that it can not.
 *
 * <p>
 * Each method fails at its first and at a late call, with one kind of error each;
 * {@code -Dcerberus.faults=all} adds a call in the middle and throws every kind at each.
 */
class EngineFaultTests {

    private static final String THREAD = "cerberus-engine";

    private static final Set<String> PACKAGES = Set.of("dev.cerberus.engine", "dev.cerberus.decode",
            "dev.cerberus.gate", "dev.cerberus.sample", "dev.cerberus.text", "dev.cerberus.accept", "dev.cerberus.tree",
            "dev.cerberus.model", "dev.cerberus.testing");

    private static final List<Supplier<Error>> ERRORS = List.of(() -> new OutOfMemoryError("injected"),
            () -> new AssertionError("injected"), () -> new NoClassDefFoundError("injected"));

    /** From the fault to the last outcome. */
    private static final long PROMPT_MILLIS = 1000;

    /** What is late by construction is late every time; other processes are not. */
    private static final int ATTEMPTS = 3;

    @TempDir
    private static Path tokenizer;

    private static Supplier<Map<String, String>> scenario;

    @BeforeAll
    static void load() throws ReflectiveOperationException {
        TinyModels.writeWithTokenizer("llama", tokenizer);
        ClassLoader loader = new InstrumentingClassLoader(EngineFaultTests.class.getClassLoader(), PACKAGES);
        Class<?> type = loader.loadClass(EngineScenario.class.getName());
        scenario = () -> {
            try {
                @SuppressWarnings("unchecked")
                Function<Path, Map<String, String>> life = (Function<Path, Map<String, String>>) type
                    .getDeclaredConstructor()
                    .newInstance();
                return life.apply(tokenizer);
            }
            catch (ReflectiveOperationException ex) {
                throw new IllegalStateException(ex);
            }
        };
    }

    @Test
    void errorAtAnyCallOnTheEngineThreadLeavesNobodyWithoutAnAnswer() {
        FaultPoints.count(THREAD);
        Map<String, String> undisturbed = scenario.get();
        Map<String, Integer> calls = FaultPoints.calls();
        assertThat(undisturbed).containsEntry("state", "RUNNING")
            .doesNotContainKey("leak")
            .doesNotContainValue(EngineScenario.HANGS);
        assertThat(undisturbed.get("request 0")).startsWith("LENGTH");
        assertThat(undisturbed.get("request 3")).startsWith("CANCELLED");
        assertThat(calls).hasSizeGreaterThan(100)
            .containsKeys("dev.cerberus.engine.ServingLoop.run", "dev.cerberus.engine.RequestQueue.admit",
                    "dev.cerberus.engine.Outcomes.complete", "dev.cerberus.decode.DecodeBatch.step",
                    "dev.cerberus.decode.DecodeSession.plan", "dev.cerberus.decode.DecodeSession.apply",
                    "dev.cerberus.testing.ScriptedTargetModel.forward", "dev.cerberus.testing.ScriptedHeads.propose",
                    "dev.cerberus.sample.TokenSampler.choose", "dev.cerberus.text.TextTokenizer.decode",
                    "dev.cerberus.gate.AdaptiveGate.decide", "dev.cerberus.engine.EventThread.publish");
        int fired = 0;
        int failed = 0;
        long slowest = 0;
        long slowestClose = 0;
        int kind = 0;
        boolean all = "all".equals(System.getProperty("cerberus.faults"));
        for (Map.Entry<String, Integer> call : calls.entrySet()) {
            for (int number : numbers(call.getValue(), all)) {
                List<Integer> kinds = all ? List.of(0, 1, 2) : List.of(kind++ % ERRORS.size());
                for (int each : kinds) {
                    Map<String, String> report = fail(call.getKey(), number, ERRORS.get(each), undisturbed);
                    fired += FaultPoints.fired() ? 1 : 0;
                    failed += "FAILED".equals(report.get("state")) ? 1 : 0;
                    slowest = Math.max(slowest, Long.parseLong(report.get("slowest")));
                    slowestClose = Math.max(slowestClose, Long.parseLong(report.get("close")));
                }
            }
        }
        LoggerFactory.getLogger(EngineFaultTests.class)
            .info("{} faults, {} ended the engine; slowest outcome {} ms, slowest close {} ms", fired, failed, slowest,
                    slowestClose);
        assertThat(fired).isGreaterThan(calls.size());
        assertThat(failed).isPositive().isLessThan(fired / 2);
    }

    private static Set<Integer> numbers(int calls, boolean all) {
        int late = Math.max(1, calls - 1); // the last call may not come in another run
        return new LinkedHashSet<>(all ? List.of(1, (calls + 1) / 2, late) : List.of(1, late));
    }

    private static Map<String, String> fail(String method, int number, Supplier<Error> error,
            Map<String, String> undisturbed) {
        FaultPoints.fail(THREAD, method, number, error);
        Map<String, String> report = scenario.get();
        for (int attempt = 1; attempt < ATTEMPTS && isLate(report); attempt++) {
            FaultPoints.fail(THREAD, method, number, error);
            report = scenario.get();
        }
        String what = error.get().getClass().getSimpleName() + " at call " + number + " of " + method + ": " + report;
        assertThat(report).as(what).doesNotContainValue(EngineScenario.HANGS);
        assertThat(isLate(report)).as(what).isFalse();
        if (report.get("state").equals("FAILED")) {
            assertThat(report).as(what).containsKey("failure");
            assertThat(report.get("next request")).as(what)
                .matches((next) -> next.startsWith("EngineFailedException") || next.startsWith("LENGTH"));
        }
        else {
            assertThat(report).as(what).containsEntry("state", "RUNNING");
            assertThat(report.get("next request")).as(what)
                .matches((next) -> next.equals(undisturbed.get("next request")) || next.endsWith("injected"));
        }
        return report;
    }

    private static boolean isLate(Map<String, String> report) {
        return report.containsValue(EngineScenario.HANGS) || Long.parseLong(report.get("slowest")) > PROMPT_MILLIS
                || Long.parseLong(report.get("close")) > PROMPT_MILLIS;
    }

}
