package dev.cerberus.djl;

import java.time.Duration;
import java.util.function.ToLongBiFunction;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ThreadChoiceTests {

    private long now = Long.MAX_VALUE - 1000; // clocks may begin anywhere

    private ThreadChoice choice = new ThreadChoice(2, () -> this.now);

    /** Runs forwards of some rows, and returns how many of them had two threads. */
    private int together(int forwards, int rows, ToLongBiFunction<Integer, Integer> nanos) {
        int together = 0;
        for (int i = 0; i < forwards; i++) {
            int threads = this.choice.threads(rows);
            long took = nanos.applyAsLong(rows, threads);
            this.now += took;
            this.choice.took(rows, threads, took);
            together += (threads == 2) ? 1 : 0;
        }
        return together;
    }

    private static long millis(double number) {
        return (long) (number * 1e6);
    }

    @Test
    void idleMachinesKeepTwoThreadsAndLookAtOneNowAndThen() {
        int together = together(1000, 1, (rows, threads) -> millis((threads == 2) ? 8 : 10));
        assertThat(together).isBetween(980, 995);
    }

    @Test
    void forwardsForWhichASecondThreadDoesNotPayGetOne() {
        ToLongBiFunction<Integer, Integer> nanos = (rows,
                threads) -> millis((threads == 1) ? rows : Math.max(1.1, rows / 2.0));
        assertThat(together(1000, 1, nanos)).isLessThan(30);
        assertThat(together(1000, 16, nanos)).isGreaterThan(980);
    }

    @Test
    void aMachineThatBecomesBusyIsFoundOutAtOnceForAllKinds() {
        together(200, 1, (rows, threads) -> millis((threads == 2) ? 8 : 10));
        together(200, 8, (rows, threads) -> millis((threads == 2) ? 9 : 15));
        assertThat(together(100, 1, (rows, threads) -> millis((threads == 2) ? 900 : 10))).isEqualTo(1);
        assertThat(together(100, 8, (rows, threads) -> millis((threads == 2) ? 900 : 15))).isZero();
    }

    @Test
    void theFirstForwardOfAKindMayBeTheOneThatFindsItOut() {
        assertThat(together(100, 1, (rows, threads) -> millis((threads == 2) ? 900 : 10))).isEqualTo(2);
    }

    @Test
    void whatWaitsForProcessorsIsTriedLessAndLess() {
        together(3, 1, (rows, threads) -> millis((threads == 2) ? 900 : 10));
        long start = this.now;
        int tried = 0;
        while (this.now - start < Duration.ofMinutes(130).toNanos()) {
            tried += together(1, 1, (rows, threads) -> millis((threads == 2) ? 9000 : 1000));
        }
        assertThat(tried).as("after 1, 3, 7, 15, 31, 63 and 123 minutes").isBetween(6, 7);
    }

    @Test
    void aMachineThatIsIdleAgainGetsItsThreadsBack() {
        together(10, 1, (rows, threads) -> millis((threads == 2) ? 900 : 10));
        this.now += Duration.ofMinutes(2).toNanos();
        assertThat(together(100, 1, (rows, threads) -> millis((threads == 2) ? 8 : 10))).isGreaterThan(90);
    }

    @Test
    void aMachineThatWasBusyAtTheStartIsLookedAtAgain() {
        this.choice = ThreadChoice.beginningAlone(2, () -> this.now);
        assertThat(together(100, 1, (rows, threads) -> millis((threads == 2) ? 8 : 10))).isZero();
        this.now += Duration.ofMinutes(1).toNanos();
        assertThat(together(100, 1, (rows, threads) -> millis((threads == 2) ? 8 : 10))).isGreaterThan(90);
    }

    @Test
    void slowlyWorseIsFoundOutToo() {
        together(300, 1, (rows, threads) -> millis((threads == 2) ? 8 : 10));
        together(3000, 1, (rows, threads) -> millis((threads == 2) ? 15 : 10));
        assertThat(together(100, 1, (rows, threads) -> millis((threads == 2) ? 15 : 10))).isLessThan(3);
    }

    @Test
    void growingContextsAreNoReasonForOneThread() {
        double[] context = { 1 };
        int together = together(2000, 1, (rows, threads) -> millis((context[0] += 0.01) * ((threads == 2) ? 8 : 10)));
        assertThat(together).isGreaterThan(1950);
    }

    @Test
    void aLongContextBeforeAShortOneIsNoReasonForOneThread() {
        int[] forward = { 0 };
        int together = together(3000, 1,
                (rows, threads) -> millis(((forward[0]++ / 30 % 2 == 0) ? 1 : 8) * ((threads == 2) ? 8 : 10)));
        assertThat(together).isGreaterThan(2500);
    }

    @Test
    void whereOneIsFastestNothingIsTried() {
        ThreadChoice one = new ThreadChoice(1, () -> this.now);
        for (int rows = 1; rows < 300; rows++) {
            assertThat(one.threads(rows)).isEqualTo(1);
            one.took(rows, 1, rows);
        }
    }

}
