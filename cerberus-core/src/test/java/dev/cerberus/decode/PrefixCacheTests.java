package dev.cerberus.decode;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cerberus.model.KvCache;
import dev.cerberus.testing.ScriptedTargetModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PrefixCacheTests {

    private final ScriptedTargetModel model = new ScriptedTargetModel(100, 512);

    private final PrefixCache prefixes = new PrefixCache(120);

    @AfterEach
    void nothingIsLeft() {
        this.prefixes.close();
        assertThat(this.prefixes.rows()).isZero();
        assertThat(this.model.openCaches()).isZero();
    }

    private static int[] text(int first, int length) {
        return IntStream.range(first, first + length).toArray();
    }

    private void keep(int... text) {
        KvCache cache = this.model.newCache(100);
        this.model.prefill(cache, text).close();
        this.prefixes.keep(text, cache);
    }

    private int share(int... text) {
        try (KvCache cache = this.model.newCache(200)) {
            int tokens = this.prefixes.share(text, cache);
            assertThat(cache.length()).isEqualTo(tokens);
            return tokens;
        }
    }

    @Test
    void longestCommonStartIsTakenAndTheLastTokenIsRead() {
        keep(text(0, 40));
        keep(text(0, 20));
        int[] other = text(0, 60);
        other[30] = 99;
        assertThat(share(text(0, 60))).isEqualTo(40);
        assertThat(share(text(0, 40))).isEqualTo(39);
        assertThat(share(other)).isEqualTo(30);
        assertThat(share(text(1, 60))).isZero();
        assertThat(share(text(0, 10))).isZero(); // as fast to read
    }

    @Test
    void aTextThatGoesOnReplacesItsStart() {
        keep(text(0, 20));
        keep(text(0, 40));
        assertThat(this.prefixes.rows()).isEqualTo(40);
        keep(text(0, 30)); // known
        assertThat(this.prefixes.rows()).isEqualTo(40);
    }

    @Test
    void whatCanNotBeKeptIsFreed() {
        KvCache cache = this.model.newCache(100);
        this.model.prefill(cache, text(0, 20)).close();
        KvCache failing = (KvCache) Proxy.newProxyInstance(KvCache.class.getClassLoader(),
                new Class<?>[] { KvCache.class }, (proxy, method, arguments) -> {
                    if (method.getName().equals("park")) {
                        throw new OutOfMemoryError("for a test");
                    }
                    return method.invoke(cache, arguments);
                });
        assertThatThrownBy(() -> this.prefixes.keep(text(0, 20), failing)).isInstanceOf(OutOfMemoryError.class);
        assertThat(this.model.openCaches()).isZero();
    }

    @Test
    void whoContinuesAllOfATextGetsItsCache() {
        this.model.withSharedRows(50);
        keep(text(0, 40));
        assertThat(this.prefixes.rows()).isEqualTo(100);
        assertThat(this.prefixes.handOver(text(0, 60), 101)).isEmpty();
        assertThat(this.prefixes.handOver(text(0, 39), 60)).isEmpty();
        int[] other = text(0, 60);
        other[39] = 99;
        assertThat(this.prefixes.handOver(other, 60)).isEmpty();
        try (KvCache cache = this.prefixes.handOver(text(0, 60), 60).orElseThrow()) {
            assertThat(cache.length()).isEqualTo(40);
            assertThat(cache.capacity()).isEqualTo(100);
        }
        assertThat(this.prefixes.rows()).isZero();
        assertThat(share(text(0, 60))).isZero();
    }

    @Test
    void rowsBehindTextsAreGivenBackBeforeTexts() {
        this.model.withSharedRows(50);
        keep(text(0, 30));
        keep(text(10, 40));
        assertThat(this.prefixes.rows()).as("the first is trimmed and still too much").isEqualTo(100);
        assertThat(share(text(10, 60))).isEqualTo(40);
        KvCache small = this.model.newCache(20);
        this.model.prefill(small, text(20, 20)).close();
        this.prefixes.keep(text(20, 20), small);
        assertThat(this.prefixes.rows()).isEqualTo(100 + 20);
        assertThat(this.prefixes.evict()).as("behind the one that was used before").isEqualTo(60);
        assertThat(this.prefixes.evict()).as("the text itself").isEqualTo(40);
        assertThat(share(text(20, 60))).isEqualTo(20);
    }

    @Test
    void whatWasUsedLastKeepsItsRowsAsLongAsThereIsAnythingElse() {
        this.model.withSharedRows(50);
        keep(text(10, 20));
        keep(text(0, 40));
        assertThat(this.prefixes.rows()).isEqualTo(20 + 100);
        assertThat(this.prefixes.evict()).isEqualTo(20);
        assertThat(this.prefixes.evict()).isEqualTo(60);
        assertThat(share(text(0, 60))).isEqualTo(40);
        assertThat(this.prefixes.evict()).isEqualTo(40);
        assertThat(this.prefixes.evict()).isZero();
    }

    @Test
    void aCacheIsHandedOverWithNothingBehindTheText() {
        this.model.withSharedRows(50);
        KvCache cache = this.model.newCache(100);
        this.model.prefill(cache, text(0, 45)).close();
        this.prefixes.keep(text(0, 40), cache); // an answer that ended within a step
        try (KvCache taken = this.prefixes.handOver(text(0, 60), 60).orElseThrow()) {
            assertThat(taken.length()).isEqualTo(40);
        }
    }

    @Test
    void whatWasUsedLeastRecentlyGoesFirst() {
        keep(text(0, 40));
        keep(text(10, 40));
        keep(text(20, 40));
        assertThat(share(text(0, 60))).isEqualTo(40);
        keep(text(30, 40));
        assertThat(this.prefixes.rows()).isEqualTo(120);
        assertThat(share(text(10, 60))).isZero();
        assertThat(share(text(0, 60))).isEqualTo(40);
        assertThat(this.prefixes.evict()).isEqualTo(40);
        assertThat(share(text(20, 60))).isZero();
    }

    @Test
    void whatIsTooLongOrTooShortIsNotKept() {
        keep(Arrays.copyOf(text(0, 20), 10));
        KvCache large = this.model.newCache(400);
        int[] longText = new int[130];
        this.model.prefill(large, longText).close();
        this.prefixes.keep(longText, large);
        assertThat(this.prefixes.rows()).isZero();
        assertThat(this.prefixes.evict()).isZero();
    }

}
