package dev.cerberus.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cerberus.advice.Advice;
import dev.cerberus.decode.BatchListener;
import dev.cerberus.decode.DecodeBatch;
import dev.cerberus.decode.DecodeListener;
import dev.cerberus.decode.DecodeRequest;
import dev.cerberus.decode.DecodeSession;
import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.decode.TokenSink;
import dev.cerberus.gate.AlwaysGate;
import dev.cerberus.gate.BatchCost;
import dev.cerberus.gate.BatchCosts;
import dev.cerberus.gate.CostCurve;
import dev.cerberus.gate.Experience;
import dev.cerberus.gate.TreeSizer;
import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.tree.TreeShape;

/**
 * Runs what requests will run, before the first of them comes: on a GPU whatever runs
 * first is compiled and planned then, which takes longer than many steps.
 *
 * <p>
 * The requests are made up, and what they teach is forgotten. Confined to the engine
 * thread.
 */
/*
 * Text is written by the very code that serves requests, so nothing has to be listed here
 * that a change there could add: prompts of several lengths, a full piece among them,
 * trees of all sizes, greedy and sampled, alone and together. Profiling programs run
 * twice before they are compiled, hence the number of tokens.
 */
final class WarmUp {

    private static final Logger LOGGER = LoggerFactory.getLogger(WarmUp.class);

    private static final List<SamplingOptions> SAMPLINGS = List.of(SamplingOptions.GREEDY,
            new SamplingOptions(0.7, 0, 1, 1));

    private static final int OUTPUT_TOKENS = 12;

    private static final int[] PROMPT_TOKENS = { 7, 40, 200 };

    private static final Duration BUDGET = Duration.ofSeconds(20);

    private final TargetModel model;

    private final Optional<DraftHeads> heads;

    private final Optional<TreeShape> shape;

    private final int maxNodes;

    private final int sequences;

    /**
     * Creates a warm-up.
     * @param model the target model
     * @param heads its heads, if there are any
     * @param shape the static shape of trees; empty for trees of all sizes
     * @param maxNodes the largest tree, at least 1
     * @param sequences the most requests together, at least 1
     */
    WarmUp(TargetModel model, Optional<DraftHeads> heads, Optional<TreeShape> shape, int maxNodes, int sequences) {
        this.model = model;
        this.heads = heads;
        this.shape = shape;
        this.maxNodes = maxNodes;
        this.sequences = sequences;
    }

    /**
     * Runs it, until all is run or its time is over. What fails, fails again when a
     * request comes to it, so it is only told.
     */
    void run() {
        long start = System.nanoTime();
        long end = start + BUDGET.toNanos();
        try {
            for (int nodes : sizes()) {
                for (SamplingOptions sampling : SAMPLINGS) {
                    if (System.nanoTime() < end) {
                        write(List.of(session(PROMPT_TOKENS[0], nodes, sampling)));
                    }
                }
            }
            for (int tokens : new int[] { PROMPT_TOKENS[1], PROMPT_TOKENS[2], this.model.rowLimit() + 1 }) {
                if (System.nanoTime() < end) {
                    write(List.of(session(tokens, this.maxNodes, SamplingOptions.GREEDY)));
                }
            }
            if (this.sequences > 1 && System.nanoTime() < end) {
                write(IntStream.range(0, this.sequences)
                    .mapToObj((i) -> session(PROMPT_TOKENS[0] + i, this.maxNodes, SAMPLINGS.get(i % SAMPLINGS.size())))
                    .toList());
            }
            LOGGER.info("Warmed up in {} s", String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) * 1e-9));
        }
        catch (RuntimeException ex) {
            LOGGER.warn("Warming up has ended early, so first requests may wait longer: {}", Advice.of(ex).problem());
        }
    }

    /** Returns numbers of draft nodes, each twice the one before. */
    private List<Integer> sizes() {
        List<Integer> sizes = new ArrayList<>();
        for (int nodes = 1; nodes < this.maxNodes && this.shape.isEmpty(); nodes *= 2) {
            sizes.add(nodes);
        }
        sizes.add(this.maxNodes);
        return sizes;
    }

    private DecodeSession session(int promptTokens, int nodes, SamplingOptions sampling) {
        int room = this.model.dimensions().maxContext() - OUTPUT_TOKENS - nodes - 1;
        int[] prompt = IntStream.range(0, Math.max(1, Math.min(promptTokens, room)))
            .map((i) -> i % this.model.dimensions().vocabularySize())
            .toArray();
        TreeSizer sizer = new TreeSizer(costs(nodes), new Experience());
        DecodeRequest request = new DecodeRequest(prompt, OUTPUT_TOKENS, 0, Set.of(), sampling, this.shape, nodes,
                DraftingOptions.DEFAULT);
        return new DecodeSession(this.model, this.heads, new AlwaysGate(sizer), request,
                (token, origin) -> TokenSink.Signal.CONTINUE, DecodeListener.NONE);
    }

    /** Returns costs by which the largest tree is the best, as all cost the same. */
    private static BatchCosts costs(int nodes) {
        CostCurve free = CostCurve.through(new int[] { 0, nodes }, new double[] { 1, 1 }, 0);
        return new BatchCosts(free, new BatchCost(free, 0));
    }

    private void write(List<DecodeSession> sessions) {
        try (DecodeBatch batch = new DecodeBatch(this.model, costs(this.maxNodes), Integer.MAX_VALUE, 0,
                this.model.rowLimit(), BatchListener.NONE)) {
            List<DecodeSession> open = new ArrayList<>(sessions);
            while (!open.isEmpty()) {
                Map<DecodeSession, Throwable> failures = batch.step(open);
                for (Throwable failure : failures.values()) {
                    throw new ModelException(Advice.of(failure), failure);
                }
                open.removeIf(DecodeSession::isFinished);
            }
        }
        finally {
            sessions.forEach(DecodeSession::close);
        }
    }

}
