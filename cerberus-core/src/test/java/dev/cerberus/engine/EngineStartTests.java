package dev.cerberus.engine;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.decode.DraftingOptions;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.djl.TorchRuntime;
import dev.cerberus.hf.SafetensorsWriter;
import dev.cerberus.hf.TensorType;
import dev.cerberus.model.ModelException;
import dev.cerberus.sample.SamplingOptions;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.tree.TreeShape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EngineStartTests {

    private static final String LONGER = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 32,
             "intermediate_size": 48, "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2,
             "vocab_size": 97, "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "hidden_act": "silu",
             "tie_word_embeddings": true, "rope_theta": 10000.0}
            """;

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

    /* More nodes than a block of keys has, and than have the bits of plain decoding. */
    @ParameterizedTest
    @ValueSource(strings = { "fp32", "int8" })
    void theLargestTreesAreMeasuredAsFarAsTheyMayBeVerified(String precision, @TempDir Path model) {
        TinyModels.writeWithTokenizer("llama", model);
        TinyModels.writeConfigured(LONGER, model);
        Assumptions.assumeTrue(precision.equals("fp32") || TorchDevice.of("cpu").fastestPrecision() == Precision.INT8,
                "skipped: no exact int8 on this CPU");
        try (CerberusEngine engine = CerberusEngine
            .open(EngineOptions.builder(model.toString()).device("cpu").precision(precision).maxNodes(256).build())) {
            assertThat(engine.costs().stepSeconds().length).isBetween(64, 257);
        }
    }

    @Test
    void aTreeThatIsTooLargeToBeVerifiedIsSaid(@TempDir Path model) {
        EngineOptions.Builder options = withHeads(model);
        try (CerberusEngine engine = CerberusEngine
            .open(options.shape(Optional.of(TreeShape.branching(20, 20))).build())) {
            assertThat(engine.description().notes()).anySatisfy((note) -> assertThat(note)
                .startsWith("Nothing is drafted: the tree has 420 draft nodes, and a step verifies at most")
                .endsWith("make a smaller EngineOptions.shape"));
        }
        try (CerberusEngine engine = CerberusEngine
            .open(options.shape(Optional.of(TreeShape.branching(20, 2, 8))).build())) {
            assertThat(engine.description().notes()).as("no deeper than there are heads")
                .noneMatch((note) -> note.startsWith("Nothing is drafted"));
        }
    }

    private static EngineOptions.Builder withHeads(Path model) {
        TinyModels.writeWithTokenizer("llama", model);
        TinyModels.writeConfigured(LONGER, model);
        SafetensorsWriter heads = new SafetensorsWriter();
        for (int head = 0; head < 2; head++) {
            heads.add(head + ".0.linear.weight", TensorType.F32, new long[] { 32, 32 }, new float[32 * 32])
                .add(head + ".0.linear.bias", TensorType.F32, new long[] { 32 }, new float[32])
                .add(head + ".1.weight", TensorType.F32, new long[] { 97, 32 }, new float[97 * 32]);
        }
        Path file = model.resolve("heads.safetensors");
        heads.write(file);
        return EngineOptions.builder(model.toString())
            .device("cpu")
            .precision("fp32")
            .heads(EngineOptions.HeadsOptions.at(Optional.of(file.toString()), OptionalInt.empty()));
    }

    @Test
    void aRequestsOwnTreeThatIsTooLargeToBeVerifiedIsLoggedOnce(@TempDir Path model) {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (CerberusEngine engine = CerberusEngine.open(withHeads(model).build())) {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            for (TreeShape shape : List.of(TreeShape.branching(20, 2, 8), TreeShape.branching(20, 20),
                    TreeShape.branching(20, 20))) {
                engine.generate(
                        new GenerationRequest(new Prompt.Raw("a"), SamplingOptions.GREEDY, 4, 0, List.of(),
                                Optional.empty(), Optional.of(shape), Optional.empty(), DraftingOptions.DEFAULT),
                        (text, origin) -> {
                        });
            }
        }
        finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines().filter((line) -> line.contains("Nothing is drafted")))
            .singleElement()
            .asString()
            .contains("A request's own tree: Nothing is drafted: the tree has 420 draft nodes")
            .endsWith("ask for a smaller one");
    }

}
