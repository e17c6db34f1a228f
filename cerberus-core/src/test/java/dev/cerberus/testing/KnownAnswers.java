package dev.cerberus.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.cerberus.text.TextTokenizer;

/**
 * The logits of a model that has learned its answers by heart and speaks ChatML.
 *
 * <p>
 * It likes the first of the answers that it knows best, but goes on with the next one
 * where something forbids the first: told to write JSON, it writes the one that is JSON.
 * Where no answer begins with what is written, it ends the turn. Confined to one thread
 * at a time.
 */
public final class KnownAnswers implements Function<int[], float[]> {

    private static final int REMEMBERED = 16;

    private static final float BEST = 20;

    private final TextTokenizer tokenizer;

    private final int turnStart;

    private final int turnEnd;

    private final Function<List<Turn>, List<String>> answers;

    private final Map<List<Integer>, List<String>> known = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Integer>, List<String>> eldest) {
            return size() > REMEMBERED;
        }

    };

    /**
     * What somebody said.
     *
     * @param role who, such as {@code user}
     * @param content what, as the chat template writes it
     */
    public record Turn(String role, String content) {
    }

    /**
     * Creates the logits.
     * @param tokenizer a tokenizer with ChatML's special tokens
     * @param answers returns the answers to a conversation, the best one first
     */
    public KnownAnswers(TextTokenizer tokenizer, Function<List<Turn>, List<String>> answers) {
        this.tokenizer = tokenizer;
        this.turnStart = tokenizer.tokenId("<|im_start|>").orElseThrow();
        this.turnEnd = tokenizer.tokenId("<|im_end|>").orElseThrow();
        this.answers = answers;
    }

    @Override
    public float[] apply(int[] sequence) {
        float[] logits = new float[this.tokenizer.vocabularySize()];
        int answerStart = answerStart(sequence);
        if (answerStart == 0) {
            return logits;
        }
        String written = this.tokenizer.decode(sequence, answerStart, sequence.length);
        float weight = BEST;
        for (String answer : answers(Arrays.copyOf(sequence, answerStart))) {
            if (answer.startsWith(written)) {
                int next = next(answer.substring(written.length()));
                logits[next] = Math.max(logits[next], weight);
                weight--;
            }
        }
        logits[this.turnEnd] = Math.max(logits[this.turnEnd], 1);
        return logits;
    }

    private int next(String rest) {
        return rest.isEmpty() ? this.turnEnd : this.tokenizer.encode(rest, false)[0];
    }

    /** Returns where the last turn's content begins, 0 if no turn has begun. */
    private int answerStart(int[] sequence) {
        int[] role = this.tokenizer.encode("assistant\n", false);
        for (int at = sequence.length - role.length - 1; at >= 0; at--) {
            if (sequence[at] == this.turnStart) {
                int content = at + 1 + role.length;
                return Arrays.equals(role, Arrays.copyOfRange(sequence, at + 1, content)) ? content : 0;
            }
        }
        return 0;
    }

    private List<String> answers(int[] prompt) {
        return this.known.computeIfAbsent(Arrays.stream(prompt).boxed().toList(),
                (ids) -> this.answers.apply(turns(prompt)));
    }

    private List<Turn> turns(int[] prompt) {
        List<Turn> turns = new ArrayList<>();
        int start = 0;
        for (int at = 0; at < prompt.length; at++) {
            if (prompt[at] == this.turnStart) {
                start = at + 1;
            }
            else if (prompt[at] == this.turnEnd) {
                String[] turn = this.tokenizer.decode(prompt, start, at).split("\n", 2);
                turns.add(new Turn(turn[0], (turn.length > 1) ? turn[1] : ""));
            }
        }
        return turns;
    }

    /**
     * Returns the tokens that end a turn.
     * @return token ids
     */
    public Set<Integer> endOfTurn() {
        return Set.of(this.turnEnd);
    }

}
