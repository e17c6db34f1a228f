package dev.cerberus.training.evaluation;

import java.util.Arrays;

import dev.cerberus.tree.DraftTree;
import dev.cerberus.tree.HeadCandidates;
import dev.cerberus.tree.Ranking;

/**
 * What was known at one position of a recorded answer, and what came of it.
 *
 * <p>
 * The arrays are not copied; treat them as read-only.
 *
 * @param hiddenEntropyNats entropy of the softmax over the hidden state, in nats
 * @param vocabEntropyNats entropy of the target's next-token distribution, in nats
 * @param top1Margin difference of the target's two largest probabilities, in 0..1
 * @param headEntropyNats entropy of the first head, in nats
 * @param headConfidence largest probability of the first head, in 0..1
 * @param heads number of heads that had a say; fewer near the end of the budget, none at
 * its last token
 * @param draft the best nodes
 * @param trueRanks rank that each head gave to the token that followed, given the tokens
 * before it, [known tokens]; the number of recorded ranks if it was not among them
 * @param likeliest probability of each head's first candidate, given the tokens before
 * it, [known tokens]
 */
public record RecordedPosition(double hiddenEntropyNats, double vocabEntropyNats, double top1Margin,
        double headEntropyNats, double headConfidence, int heads, RecordedDraft draft, int[] trueRanks,
        float[] likeliest) {

    /**
     * Checks the shapes.
     */
    public RecordedPosition {
        if (trueRanks.length > heads || trueRanks.length != likeliest.length) {
            throw new IllegalArgumentException("a position can not have more known ranks than heads, and has as many "
                    + "probabilities, was " + trueRanks.length + ", " + heads + " and " + likeliest.length);
        }
    }

    /** Describes a position where the heads had no say. */
    static RecordedPosition plain(double hiddenEntropyNats, double vocabEntropyNats, double top1Margin) {
        return new RecordedPosition(hiddenEntropyNats, vocabEntropyNats, top1Margin, 0, 0, 0, RecordedDraft.NOTHING,
                new int[0], new float[0]);
    }

    /**
     * Describes a position.
     * @param tree the dynamic tree of the heads alone
     * @param candidates what it was chosen from
     * @param ranks candidates of a head that are told apart
     * @param following the tokens that followed the root token
     */
    static RecordedPosition of(double hiddenEntropyNats, double vocabEntropyNats, double top1Margin, DraftTree tree,
            HeadCandidates candidates, int ranks, int[] following) {
        int known = Math.min(candidates.heads(), following.length);
        int[] trueRanks = new int[known];
        float[] likeliest = new float[known];
        for (int head = 0; head < known; head++) {
            Ranking ranking = candidates.below(head, (head == 0) ? tree.rootToken() : following[head - 1], ranks);
            trueRanks[head] = Math.min(ranks, ranking.rankOf(following[head]));
            likeliest[head] = (float) ranking.probability(0);
        }
        return new RecordedPosition(hiddenEntropyNats, vocabEntropyNats, top1Margin, tree.headEntropyNats(),
                tree.headConfidence(), candidates.heads(), RecordedDraft.of(tree), trueRanks, likeliest);
    }

    /** Returns the first tokens after a position, at most as many as there are heads. */
    static int[] following(int[] answer, int position, int heads) {
        return Arrays.copyOfRange(answer, Math.min(position + 1, answer.length),
                Math.min(position + 1 + heads, answer.length));
    }

}
