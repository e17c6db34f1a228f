package dev.cerberus.text;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StopStringsTests {

    @Test
    void pushWhenNothingCanMatchReturnsTextAtOnce() {
        StopStrings stops = new StopStrings(List.of("###"));
        assertThat(stops.push("hello")).isEqualTo("hello");
        assertThat(stops.stopped()).isFalse();
        assertThat(stops.flush()).isEmpty();
    }

    @Test
    void pushWhenStopIsSpreadOverIncrementsHoldsItsBeginningBack() {
        StopStrings stops = new StopStrings(List.of("<|end|>"));
        assertThat(stops.push("yes<")).isEqualTo("yes");
        assertThat(stops.push("|en")).isEmpty();
        assertThat(stops.push("d|> more")).isEmpty();
        assertThat(stops.stopped()).isTrue();
        assertThat(stops.matched()).hasValue("<|end|>");
        assertThat(stops.push("ignored")).isEmpty();
        assertThat(stops.flush()).isEmpty();
    }

    @Test
    void pushWhenBeginningTurnsOutOtherwiseReleasesIt() {
        StopStrings stops = new StopStrings(List.of("aab"));
        assertThat(stops.push("aa")).isEmpty();
        assertThat(stops.push("a")).isEqualTo("a");
        assertThat(stops.push("c")).isEqualTo("aac");
    }

    @Test
    void flushWhenBeginningIsHeldBackReturnsIt() {
        StopStrings stops = new StopStrings(List.of("\n\n"));
        assertThat(stops.push("end\n")).isEqualTo("end");
        assertThat(stops.flush()).isEqualTo("\n");
        assertThat(stops.stopped()).isFalse();
        assertThat(stops.matched()).isEmpty();
    }

    @Test
    void pushWhenSeveralStopsCompleteTheFirstCompleteWinsThenTheLonger() {
        StopStrings inner = new StopStrings(List.of("abcd", "bc"));
        assertThat(inner.push("xabcd")).isEqualTo("xa");
        assertThat(inner.matched()).hasValue("bc");
        StopStrings sameEnd = new StopStrings(List.of("cd", "abcd"));
        assertThat(sameEnd.push("xabcd")).isEqualTo("x");
        assertThat(sameEnd.matched()).hasValue("abcd");
    }

    @Test
    void createWhenStopIsEmptyRefusesIt() {
        assertThatIllegalArgumentException().isThrownBy(() -> new StopStrings(List.of("a", "")))
            .withMessageContaining("must not be empty");
    }

    @Test
    void pushWhenChunkedAtRandomAgreesWithTheNaiveTwin() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261123L);
        int stopped = 0;
        for (int round = 0; round < 5_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                stops.add(text(random, 1 + random.nextInt(4)));
            }
            String text = text(random, random.nextInt(30));
            StopStrings matcher = new StopStrings(stops);
            StringBuilder shown = new StringBuilder();
            for (int at = 0; at < text.length();) {
                int next = Math.min(text.length(), at + random.nextInt(5));
                shown.append(matcher.push(text.substring(at, next)));
                at = next;
                assertThat(naive(text, stops)).as("%s %s", text, stops).startsWith(shown);
            }
            shown.append(matcher.flush());
            assertThat(shown).as("%s %s", text, stops).hasToString(naive(text, stops));
            assertThat(matcher.stopped()).isEqualTo(stops.stream().anyMatch(text::contains));
            stopped += matcher.stopped() ? 1 : 0;
        }
        assertThat(stopped).isBetween(1_000, 4_500);
    }

    // Three letters and an emoji, so that beginnings overlap often.
    private static String text(RandomGenerator random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(List.of("a", "b", "c", "\uD83E\uDD99").get(random.nextInt(4)));
        }
        return text.toString();
    }

    private static String naive(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String before = null;
            for (String stop : stops) {
                String answer = text.substring(0, Math.max(0, end - stop.length()));
                if (text.substring(0, end).endsWith(stop) && (before == null || answer.length() < before.length())) {
                    before = answer;
                }
            }
            if (before != null) {
                return before;
            }
        }
        return text;
    }

    @Test
    void pushHiddenTakesPartInMatchingAndIsNeverShown() {
        StopStrings stops = new StopStrings(List.of("<end>", "b<x>c"));
        assertThat(stops.push("ab")).isEqualTo("a");
        assertThat(stops.pushHidden("<x>")).isEmpty();
        assertThat(stops.push("d")).isEqualTo("bd");
        assertThat(stops.pushHidden("<x>") + stops.push("e<") + stops.pushHidden("<end>")).isEqualTo("e<");
        assertThat(stops.matched()).contains("<end>");
        StopStrings none = new StopStrings(List.of("q"));
        assertThat(none.pushHidden("<x>") + none.push("r") + none.flush()).isEqualTo("r");
    }

}
