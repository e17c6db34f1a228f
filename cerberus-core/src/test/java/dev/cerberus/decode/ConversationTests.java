package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.gate.NeverGate;
import dev.cerberus.testing.ScriptedTargetModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A conversation whose every turn sends all turns before it.
 */
class ConversationTests {

    private static final int TURNS = 10;

    private static final int ASKED = 40;

    private static final int ANSWERED = 25;

    private final ScriptedTargetModel model = new ScriptedTargetModel(50, 4096);

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(8);

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void everyTurnReadsOnlyWhatIsNewWherePrefixesAreKept(boolean kept) {
        List<Integer> read = new ArrayList<>();
        int[] text = {};
        try (DecodeBatch batch = DecodeBatch.plain(this.model, 8192, kept ? 4096 : 0)) {
            for (int turn = 0; turn < TURNS; turn++) {
                int[] prompt = joined(text, this.random.ints(ASKED, 0, 50).toArray());
                int rowsBefore = this.model.rows();
                DecodeResult result = answer(batch, prompt);
                read.add(this.model.rows() - rowsBefore - (result.tokens().length - 1)); // beside
                                                                                         // those
                                                                                         // written
                text = joined(prompt, result.tokens());
            }
        }
        assertThat(read.get(0)).isEqualTo(ASKED);
        for (int turn = 1; turn < TURNS; turn++) {
            // the last token of the answer before was never an input
            assertThat(read.get(turn)).isEqualTo(kept ? ASKED + 1 : ASKED + turn * (ASKED + ANSWERED));
        }
        assertThat(this.model.openCaches()).isZero();
    }

    private DecodeResult answer(DecodeBatch batch, int[] prompt) {
        try (DecodeSession session = new DecodeSession(this.model, Optional.empty(), new NeverGate(),
                DecodeRequest.greedy(prompt, ANSWERED), (token, origin) -> TokenSink.Signal.CONTINUE,
                DecodeListener.NONE)) {
            while (!session.isFinished()) {
                assertThat(batch.step(List.of(session))).isEmpty();
            }
            return session.result();
        }
    }

    private static int[] joined(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }

}
