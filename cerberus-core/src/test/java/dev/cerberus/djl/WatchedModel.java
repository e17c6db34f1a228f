package dev.cerberus.djl;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;
import dev.cerberus.model.HeadsDescription;
import dev.cerberus.model.KvCache;
import dev.cerberus.model.ModelDimensions;
import dev.cerberus.model.NodeScores;
import dev.cerberus.model.Span;
import dev.cerberus.model.TargetModel;

/**
 * A model that counts how often rows of logits are read, and can keep to itself what it
 * has chosen. Closing it closes the model.
 */
final class WatchedModel implements TargetModel {

    private final TargetModel model;

    private boolean silent;

    private int reads;

    private int samplings;

    private int largestForward;

    WatchedModel(TargetModel model) {
        this.model = model;
    }

    /** From now on nobody is told what the model has chosen. */
    void silence() {
        this.silent = true;
    }

    /** Returns how many rows of logits were read. */
    int reads() {
        return this.reads;
    }

    /** Returns how many spans were to be sampled. */
    int samplings() {
        return this.samplings;
    }

    /** Returns the most sequences of a forward. */
    int largestForward() {
        return this.largestForward;
    }

    /** Returns heads of the model for use with this one. */
    DraftHeads watching(DraftHeads heads) {
        return new DraftHeads() {

            @Override
            public HeadsDescription description() {
                return heads.description();
            }

            @Override
            public List<DraftProposal> propose(List<DraftRoot> roots) {
                return heads.propose(roots.stream()
                    .map((root) -> new DraftRoot(((Scores) root.scores()).scores, root.node(), root.token(),
                            root.position(), root.sampling(), root.coupled(), root.ranks()))
                    .toList());
            }

            @Override
            public void close() {
                heads.close();
            }

        };
    }

    @Override
    public ModelDimensions dimensions() {
        return this.model.dimensions();
    }

    @Override
    public KvCache newCache(int capacityTokens) {
        return this.model.newCache(capacityTokens);
    }

    @Override
    public long cacheBytesPerToken() {
        return this.model.cacheBytesPerToken();
    }

    @Override
    public int rowLimit() {
        return this.model.rowLimit();
    }

    @Override
    public List<NodeScores> forward(List<Span> spans) {
        this.largestForward = Math.max(this.largestForward, spans.size());
        this.samplings += (int) spans.stream().filter((span) -> span.sampling().isPresent()).count();
        List<NodeScores> all = new ArrayList<>();
        this.model.forward(spans).forEach((scores) -> all.add(new Scores(scores)));
        return all;
    }

    @Override
    public void close() {
        this.model.close();
    }

    private final class Scores implements NodeScores {

        private final NodeScores scores;

        Scores(NodeScores scores) {
            this.scores = scores;
        }

        @Override
        public int nodeCount() {
            return this.scores.nodeCount();
        }

        @Override
        public int argmax(int node) {
            return this.scores.argmax(node);
        }

        @Override
        public boolean areFinite(int node) {
            return this.scores.areFinite(node);
        }

        @Override
        public OptionalInt chosen(int node) {
            return WatchedModel.this.silent ? OptionalInt.empty() : this.scores.chosen(node);
        }

        @Override
        public float[] logits(int node) {
            WatchedModel.this.reads++;
            return this.scores.logits(node);
        }

        @Override
        public float[] hidden(int node) {
            return this.scores.hidden(node);
        }

        @Override
        public void close() {
            this.scores.close();
        }

    }

}
