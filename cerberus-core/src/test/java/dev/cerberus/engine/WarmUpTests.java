package dev.cerberus.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.ScriptedHeads;
import dev.cerberus.testing.ScriptedTargetModel;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;

class WarmUpTests {

    private final ScriptedTargetModel scripted = new ScriptedTargetModel(40, 1024).withRowLimit(512);

    private final List<Integer> pieces = new ArrayList<>();

    private final TreeSet<Integer> trees = new TreeSet<>();

    private int mostSpans;

    private int failAtForward = Integer.MAX_VALUE;

    private int forwards;

    private final TargetModel model = new TargetModel() {

        @Override
        public ModelDimensions dimensions() {
            return WarmUpTests.this.scripted.dimensions();
        }

        @Override
        public KvCache newCache(int capacityTokens) {
            return WarmUpTests.this.scripted.newCache(capacityTokens);
        }

        @Override
        public long cacheBytesPerToken() {
            return WarmUpTests.this.scripted.cacheBytesPerToken();
        }

        @Override
        public int rowLimit() {
            return WarmUpTests.this.scripted.rowLimit();
        }

        @Override
        public List<NodeScores> forward(List<Span> spans) {
            if (++WarmUpTests.this.forwards >= WarmUpTests.this.failAtForward) {
                throw new ModelException("no memory");
            }
            WarmUpTests.this.mostSpans = Math.max(WarmUpTests.this.mostSpans, spans.size());
            for (Span span : spans) {
                if (span instanceof Span.Tree tree) {
                    WarmUpTests.this.trees.add(tree.rows() - 1);
                }
                else {
                    WarmUpTests.this.pieces.add(span.rows());
                }
            }
            return WarmUpTests.this.scripted.forward(spans);
        }

        @Override
        public void close() {
            WarmUpTests.this.scripted.close();
        }

    };

    /** Heads that propose for sampled answers what they propose for greedy ones. */
    private Optional<DraftHeads> heads() {
        DraftHeads greedy = new ScriptedHeads(this.scripted, 4, 0.7, SamplingOptions.GREEDY);
        return Optional.of(new DraftHeads() {

            @Override
            public HeadsDescription description() {
                return greedy.description();
            }

            @Override
            public List<DraftProposal> propose(List<DraftRoot> roots) {
                return greedy.propose(roots.stream()
                    .map((root) -> new DraftRoot(root.scores(), root.node(), root.token(), root.position(),
                            SamplingOptions.GREEDY, false, root.ranks()))
                    .toList());
            }

            @Override
            public void close() {
                greedy.close();
            }

        });
    }

    @Test
    void treesOfAllSizesAndAFullPieceAreRunOnceAndNothingIsLeft() {
        new WarmUp(this.model, heads(), Optional.empty(), 12, 4).run();
        assertThat(this.trees).contains(1, 2, 4, 8, 12);
        assertThat(this.pieces).contains(7, 40, 200, 512, 1);
        assertThat(this.mostSpans).isEqualTo(4);
        this.model.close(); // which fails if a cache or scores are open
    }

    @Test
    void aStaticShapeIsRunAsItIs() {
        new WarmUp(this.model, heads(), Optional.of(TreeShape.parse("2,1")), 4, 1).run();
        assertThat(this.trees).contains(4);
        assertThat(this.mostSpans).isEqualTo(1);
        this.model.close();
    }

    @Test
    void aModelWithoutHeadsIsWarmedUpToo() {
        new WarmUp(this.model, Optional.empty(), Optional.empty(), 8, 2).run();
        assertThat(this.pieces).contains(7, 512);
        this.model.close();
    }

    @Test
    void aContextOfAFewTokensIsEnough() {
        ScriptedTargetModel small = new ScriptedTargetModel(40, 4);
        new WarmUp(small, Optional.empty(), Optional.empty(), 8, 2).run();
        assertThat(small.forwards()).isPositive();
        small.close();
    }

    @Test
    void whatFailsKeepsNobodyFromStarting() {
        this.failAtForward = 5;
        new WarmUp(this.model, heads(), Optional.empty(), 12, 4).run();
        assertThat(this.forwards).isGreaterThanOrEqualTo(5);
        this.model.close();
    }

}
