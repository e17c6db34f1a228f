package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.advice.Advice;
import dev.cerberus.advice.Remedy;
import dev.cerberus.advice.Setting;
import dev.cerberus.advice.SettingNames;
import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.djl.Precision;
import dev.cerberus.djl.TorchDevice;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.TinyModels;
import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplateException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whatever an engine says, it calls settings what the front does that has opened it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineWordsTests extends AbstractEngineThreadTests {

    private static final SettingNames FRONT = (setting) -> Optional.of("<" + setting + ">");

    private static EngineOptions.Builder loading(Path model) {
        return EngineOptions.builder(TinyModels.writeWithTokenizer("llama", model).toString())
            .device("cpu")
            .precision("fp32")
            .settingNames(FRONT);
    }

    @Test
    void whatDoesNotLoadIsToldInThem(@TempDir Path model) {
        assertThatExceptionOfType(ModelException.class)
            .isThrownBy(() -> CerberusEngine.open(loading(model).maxContext(OptionalInt.of(4096)).build()))
            .withMessageContaining("lower <MAX_CONTEXT>");
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> CerberusEngine
            .open(loading(model).memory(new EngineOptions.MemoryOptions(true, Optional.of(model.toString()))).build()))
            .withMessageContaining("is a directory; name a file with <MEMORY>");
    }

    @Test
    void notesAreWrittenInThem(@TempDir Path model) {
        try (CerberusEngine blind = CerberusEngine.open(loading(model).contextLookup(false).build())) {
            assertThat(blind.description().notes()).singleElement()
                .asString()
                .endsWith("lookup is off; set <CONTEXT_LOOKUP> to true, or name a file with <HEADS>");
        }
    }

    @Test
    void weightsThatCanNotBeKeptAreToldInThem(@TempDir Path model) {
        Assumptions.assumeTrue(TorchDevice.of("cpu").fastestPrecision() == Precision.INT8,
                "skipped: no exact int8 on this CPU");
        String inTheWay = loading(model).build().modelLocation() + "/config.json";
        try (CerberusEngine engine = CerberusEngine
            .open(loading(model).precision("auto").weightsCache(Optional.of(inTheWay)).build())) {
            assertThat(engine.description().notes()).anySatisfy((note) -> assertThat(note).contains("are not kept in")
                .endsWith("name a folder that can be written, with room, with <WEIGHTS_CACHE>"));
        }
        assertThatExceptionOfType(ModelException.class)
            .isThrownBy(() -> CerberusEngine
                .open(loading(model).precision("int8").weightsCache(Optional.of("file://host/x")).build()))
            .withMessageContaining("not a path or file: URL; name a folder with <WEIGHTS_CACHE>");
        assertThatExceptionOfType(ModelException.class)
            .isThrownBy(
                    () -> CerberusEngine.open(loading(model).precision("int8").weightsCache(Optional.of("")).build()))
            .withMessageContaining("named by an empty text; name a folder with <WEIGHTS_CACHE>");
    }

    @Test
    void refusalsAreToldInThem() throws Exception {
        open((options) -> options.settingNames(FRONT)
            .queueCapacity(1)
            .maxConcurrent(1)
            .kvCacheTokens(OptionalInt.of(60)), this::block);
        assertThatExceptionOfType(ChatTemplateException.class)
            .isThrownBy(() -> this.engine.encode(new Prompt.Chat(List.of(ChatMessage.user("Hi")), List.of())))
            .withMessageContaining("set <CHAT_TEMPLATE> to chatml");
        assertThatExceptionOfType(PromptTooLongException.class)
            .isThrownBy(() -> this.engine.submit(request("x".repeat(100)), new Answer()))
            .withMessageContaining("raise <KV_CACHE_TOKENS>");
        this.engine.submit(request("active"), new Answer());
        assertThat(this.stuck.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        this.engine.submit(request("waiting"), new Answer());
        assertThatExceptionOfType(QueueFullException.class)
            .isThrownBy(() -> this.engine.submit(request("refused"), new Answer()))
            .withMessageContaining("raise <QUEUE_CAPACITY>");
    }

    @Test
    void whatFailsInAStepIsToldInThem() throws Exception {
        open((options) -> options.settingNames(FRONT), (forward) -> {
            throw new ModelException(Advice.of("no memory", Remedy.of("lower", Setting.MAX_CONCURRENT)));
        });
        Answer answer = new Answer();
        this.engine.submit(request("fails"), answer);
        assertThat(answer.error()).isInstanceOf(ModelException.class).hasMessage("no memory; lower <MAX_CONCURRENT>");
    }

}
