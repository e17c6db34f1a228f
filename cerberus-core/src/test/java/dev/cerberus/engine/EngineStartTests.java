package dev.cerberus.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineStartTests {

    private final OwnThreads threads = new OwnThreads();

    @Test
    void whatServesIsMadeByTheThreadThatServes() throws Exception {
        AtomicReference<Thread> serving = new AtomicReference<>();
        CountDownLatch served = new CountDownLatch(1);
        Thread made = EngineStart.await(this.threads, Thread::currentThread, (own) -> {
            serving.set(Thread.currentThread());
            served.countDown();
        });
        served.await();
        assertThat(made).isSameAs(serving.get()).isNotSameAs(Thread.currentThread());
        assertThat(made.getName()).isEqualTo("cerberus-engine");
    }

    @Test
    void whatIsThrownOverThereIsThrownHereAndNothingServes() {
        AtomicBoolean served = new AtomicBoolean();
        ModelException refused = new ModelException("no such model");
        assertThatThrownBy(() -> EngineStart.await(this.threads, () -> {
            throw refused;
        }, (own) -> served.set(true))).isSameAs(refused);
        OutOfMemoryError full = new OutOfMemoryError();
        assertThatThrownBy(() -> EngineStart.await(this.threads, () -> {
            throw full;
        }, (own) -> served.set(true))).isSameAs(full);
        assertThat(served).isFalse();
    }

    @Test
    void anInterruptOfTheCallerEndsTheLoading() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> EngineStart.await(this.threads, () -> {
            try {
                new CountDownLatch(1).await();
                return "";
            }
            catch (InterruptedException ex) {
                throw new ModelException("interrupted", ex);
            }
        }, (own) -> {
        })).hasMessage("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptThatComesTooLateDisturbsNothing() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        AtomicBoolean disturbed = new AtomicBoolean();
        Thread.currentThread().interrupt();
        Thread made = EngineStart.await(this.threads, () -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // and takes no notice of it
            }
            return Thread.currentThread();
        }, (own) -> {
            disturbed.set(Thread.currentThread().isInterrupted());
            served.countDown();
        });
        assertThat(Thread.interrupted()).isTrue();
        served.await();
        assertThat(disturbed).isFalse();
        assertThat(made.getName()).isEqualTo("cerberus-engine");
    }

    @Test
    void theThreadsOfOperatorsAreTheEnginesOwn(@TempDir Path model) {
        TinyModels.writeWithTokenizer("llama", model);
        TorchRuntime.useThreads(1);
        EngineOptions.Builder options = EngineOptions.builder(model.toString()).device("cpu").precision("fp32");
        try (CerberusEngine two = CerberusEngine.open(options.threads(OptionalInt.of(2)).build());
                CerberusEngine one = CerberusEngine.open(options.threads(OptionalInt.of(1)).build())) {
            assertThat(two.loadReport().orElseThrow().threads()).isEqualTo(2);
            assertThat(one.loadReport().orElseThrow().threads()).isEqualTo(1);
            assertThat(TorchRuntime.threads()).as("of the thread that opened them").isEqualTo(1);
        }
    }

    /* Whether two threads give an output of 72 numbers other bits depends on the CPU. */
    @Test
    void threadsThatAreNotTakenAreSaid(@TempDir Path model) {
        TinyModels.writeWithTokenizer("llama", model);
        TinyModels.writeConfigured("""
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 72,
                 "intermediate_size": 96, "num_hidden_layers": 1, "num_attention_heads": 9,
                 "num_key_value_heads": 3, "head_dim": 64, "vocab_size": 97, "max_position_embeddings": 128,
                 "rms_norm_eps": 1e-5, "hidden_act": "silu", "tie_word_embeddings": true}
                """, model);
        try (CerberusEngine engine = CerberusEngine.open(EngineOptions.builder(model.toString())
            .device("cpu")
            .precision("fp32")
            .threads(OptionalInt.of(2))
            .build())) {
            int taken = engine.loadReport().orElseThrow().threads();
            assertThat(taken).isBetween(1, 2);
            assertThat(engine.description().notes()).filteredOn((note) -> note.startsWith("On 2 threads"))
                .hasSize(2 - taken)
                .allSatisfy((note) -> assertThat(note).endsWith("operators run on 1"));
        }
    }

    @Test
    void roundedWeightsAreKeptForTheNextStart(@TempDir Path model, @TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(TorchDevice.of("cpu").fastestPrecision() == Precision.INT8,
                "skipped: no exact int8 on this CPU");
        TinyModels.writeWithTokenizer("llama", model);
        Path cache = folder.resolve("rounded weights");
        EngineOptions options = EngineOptions.builder(model.toString())
            .device("cpu")
            .weightsCache(Optional.of(cache.toUri().toString()))
            .build();
        for (int start = 0; start < 2; start++) {
            try (CerberusEngine engine = CerberusEngine.open(options)) {
                assertThat(engine.description().notes()).noneMatch((note) -> note.contains("not kept"));
            }
            try (Stream<Path> files = Files.list(cache)) {
                assertThat(files).hasSize(1);
            }
        }
    }

}
