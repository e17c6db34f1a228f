package dev.cerberus.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeStep;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.gate.GateMode;
import dev.cerberus.model.NodeScores;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.faults.FaultPoints;
import dev.cerberus.tree.DraftTree;

/**
 * A short life of an engine with requests of every kind, told as texts that other class
 * loaders understand.
 *
 * <p>
 * Keys of the report: {@code request N} with an outcome for each request, {@code slowest}
 * with the longest time from the fault to an outcome in milliseconds,
 * {@code next request} with that of one more, {@code state} after them, {@code failure}
 * if the engine says that it has failed, {@code close} with the time it took in
 * milliseconds, and {@code leak} if the model was not given back whole.
 */
public final class EngineScenario implements Function<Path, Map<String, String>> {

    static final String HANGS = "hangs";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, String> report = new LinkedHashMap<>();

    private final AtomicLong slowestNanos = new AtomicLong();

    @Override
    public Map<String, String> apply(Path tokenizer) {
        EngineOptions options = EngineOptions.builder("scripted")
            .maxNodes(4)
            .maxConcurrent(2)
            .queueCapacity(16)
            .requestTimeout(Duration.ofMinutes(2))
            .build();
        CerberusEngine engine = CerberusEngine.start(options, ScriptedModels.load(tokenizer, (forward) -> {
        }));
        engine.addListener(new EngineListener() {
        });
        engine.observeSteps(new Observer());
        try {
            askEverything(engine);
            this.report.put("next request", outcome(() -> ask(engine, request("next", SamplingOptions.GREEDY))));
            this.report.put("slowest", Long.toString(this.slowestNanos.get() / 1_000_000));
            this.report.put("state", engine.state().name());
            if (engine.state() == EngineState.FAILED) {
                await(engine.failure().toCompletableFuture().thenApply((cause) -> {
                    this.report.put("failure", cause.toString());
                    return "known";
                }));
            }
        }
        finally {
            close(engine);
        }
        return this.report;
    }

    private void askEverything(CerberusEngine engine) {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        answers.add(submit(engine, request("greedy", SamplingOptions.GREEDY), false));
        answers.add(submit(engine, request("sampled", new SamplingOptions(0.8, 20, 0.9, 7)), false));
        answers.add(submit(engine,
                request("static", SamplingOptions.GREEDY).withGate(GateOptions.DEFAULT.withMode(GateMode.ALWAYS)),
                false));
        answers.add(submit(engine, request("stopped while it waits", SamplingOptions.GREEDY), true));
        answers.add(submit(engine,
                request("plain", SamplingOptions.GREEDY).withGate(GateOptions.DEFAULT.withMode(GateMode.NEVER)),
                false));
        for (int i = 0; i < answers.size(); i++) {
            this.report.put("request " + i, await(answers.get(i)));
        }
    }

    private static GenerationRequest request(String text, SamplingOptions sampling) {
        return new GenerationRequest(new Prompt.Raw(text), sampling, 6, 6, List.of("never to be seen"),
                Optional.empty(), Optional.empty(), Optional.empty(), new DraftingOptions(false, true));
    }

    private CompletableFuture<String> ask(CerberusEngine engine, GenerationRequest request) {
        return submit(engine, request, false);
    }

    private CompletableFuture<String> submit(CerberusEngine engine, GenerationRequest request, boolean cancel) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        long asked = System.nanoTime();
        answer.whenComplete((text, failure) -> {
            long now = System.nanoTime();
            long waited = Math.min(now - asked, FaultPoints.nanosAfterFault(now));
            this.slowestNanos.accumulateAndGet(waited, Math::max);
        });
        try {
            GenerationHandle handle = engine.submit(request, new GenerationListener() {
                @Override
                public void onComplete(GenerationResult result) {
                    answer.complete(result.finishReason() + " " + result.text());
                }

                @Override
                public void onError(RuntimeException error) {
                    answer.completeExceptionally(error);
                }
            });
            if (cancel) {
                handle.cancel();
            }
        }
        catch (RuntimeException ex) {
            answer.completeExceptionally(ex);
        }
        return answer;
    }

    private String outcome(Supplier<CompletableFuture<String>> asking) {
        return await(asking.get());
    }

    private String await(CompletableFuture<String> answer) {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }
        catch (ExecutionException ex) {
            return ex.getCause().getClass().getSimpleName() + ": " + ex.getCause().getMessage();
        }
        catch (TimeoutException | InterruptedException ex) {
            return HANGS;
        }
    }

    private void close(CerberusEngine engine) {
        CountDownLatch closed = new CountDownLatch(1);
        Thread closing = new Thread(() -> {
            try {
                engine.close();
            }
            catch (AssertionError ex) {
                this.report.put("leak", ex.toString());
            }
            closed.countDown();
        }, "scenario-closing");
        closing.setDaemon(true);
        long start = System.nanoTime();
        closing.start();
        try {
            boolean done = closed.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            this.report.put("close", done ? Long.toString((System.nanoTime() - start) / 1_000_000) : HANGS);
        }
        catch (InterruptedException ex) {
            this.report.put("close", HANGS);
        }
    }

    /**
     * Somebody who watches every step.
     */
    private static final class Observer implements DecodeListener {

        @Override
        public void onPrefill(int promptTokens, double seconds) {
        }

        @Override
        public void onDraft(NodeScores scores, int node, Optional<DraftTree> draft) {
        }

        @Override
        public void onStep(DecodeStep step) {
        }

    }

}
