package dev.cerberus.decode;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.cerberus.tree.Recollection;

import static org.assertj.core.api.Assertions.assertThat;

class LookupTrustTests {

    private final LookupTrust trust = new LookupTrust();

    @Test
    void kindsDifferByRankMatchAndRivals() {
        assertThat(
                IntStream.range(0, 24).map((i) -> this.trust.kind(i / 12, 1 + i / 3 % 4, 1 + i % 3)).distinct().count())
            .isEqualTo(24);
        assertThat(this.trust.kind(0, 9, 9)).isEqualTo(this.trust.kind(0, LookupTrust.MAX_MATCH, 3));
    }

    @Test
    void kindsOfOtherTextsDifferBySourceMatchAndAgreementAndFromThoseOfTheText() {
        Set<Integer> kinds = new HashSet<>();
        for (Recollection.Kind source : Recollection.Kind.values()) {
            for (int match = 3; match <= Recollection.MAX_MATCH; match++) {
                kinds.add(this.trust.rememberedKind(source, match, 4, 4));
                kinds.add(this.trust.rememberedKind(source, match, 1, 1));
                kinds.add(this.trust.rememberedKind(source, match, 3, 5));
                kinds.add(this.trust.rememberedKind(source, match, 2, 5));
            }
            assertThat(this.trust.odds(this.trust.rememberedKind(source, 6, 4, 4)))
                .isGreaterThan(this.trust.odds(this.trust.rememberedKind(source, 6, 2, 5)));
        }
        assertThat(kinds).hasSize(48);
        assertThat(kinds).noneMatch((kind) -> kind <= this.trust.kind(1, 4, 3));
    }

    @Test
    void oddsBeginHigherForLongerMatchesAndFewerRivals() {
        assertThat(this.trust.odds(this.trust.kind(0, 4, 1))).isGreaterThan(this.trust.odds(this.trust.kind(0, 1, 1)));
        assertThat(this.trust.odds(this.trust.kind(0, 2, 1))).isGreaterThan(this.trust.odds(this.trust.kind(0, 2, 2)));
        assertThat(this.trust.odds(this.trust.kind(0, 2, 2))).isGreaterThan(this.trust.odds(this.trust.kind(1, 2, 2)));
    }

    @Test
    void learnedChanceApproachesTheShareOfRightGuesses() {
        int kind = this.trust.kind(0, 1, 2);
        double sum = 0;
        for (int i = 0; i < 4000; i++) {
            double odds = this.trust.odds(kind);
            this.trust.learn(kind, odds / (1 + odds), i % 5 != 0); // four in five
            sum += (i >= 2000) ? odds / (1 + odds) : 0;
        }
        assertThat(sum / 2000).isBetween(0.75, 0.85);
    }

    @Test
    void oddsStayFinite() {
        int kind = this.trust.kind(0, 1, 1);
        for (int i = 0; i < 1000; i++) {
            this.trust.learn(kind, 0, true);
        }
        assertThat(this.trust.odds(kind)).isFinite().isGreaterThan(100);
        for (int i = 0; i < 1000; i++) {
            this.trust.learn(kind, 1, false);
        }
        assertThat(this.trust.odds(kind)).isPositive().isLessThan(0.01);
    }

}
