package dev.cerberus.engine;

import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cerberus.djl.DeviceMemory;
import dev.cerberus.hf.ModelConfig;
import dev.cerberus.model.ModelException;
import dev.cerberus.testing.TinyModels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ContextBudgetTests {

    @TempDir
    private Path directory;

    @Test
    void requireWhenTheRotaryTableExceedsItsShareNamesBytesAndSetting() {
        ModelConfig config = ModelConfig.read(TinyModels.write("llama", this.directory));
        // 20 bytes for each of 4 pairs: 80 bytes per token
        assertThatCode(() -> ContextBudget.require(100, config, 32_000)).doesNotThrowAnyException();
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> ContextBudget.require(101, config, 32_000))
            .withMessageContaining("A context of 101 tokens needs 8080 bytes")
            .withMessageContaining("has 32000")
            .withMessageContaining("EngineOptions.maxContext to at most 100");
        assertThatExceptionOfType(ModelException.class)
            .isThrownBy(() -> ContextBudget.require(Integer.MAX_VALUE, config, 64L << 30));
    }

    @Test
    void requireWhenThereIsNoRoomForAnAnswerSaysSo() {
        ModelConfig config = ModelConfig.read(TinyModels.write("llama", this.directory));
        assertThatExceptionOfType(ModelException.class).isThrownBy(() -> ContextBudget.require(1, config, 32_000))
            .withMessageContaining("leaves no room for an answer");
    }

    @Test
    void cacheHoldsWhatAllRequestsCanHaveOrWhatIsAllowed() {
        assertThat(ContextBudget.cacheTokens(8, 1000, 10, 1L << 28)).isEqualTo(8000);
        assertThat(ContextBudget.cacheTokens(8, 1000, 10, 10_000)).isEqualTo(1000);
        assertThat(ContextBudget.cacheTokens(8, 1000, 10, 1)).isEqualTo(2);
    }

    @Test
    void cachesTakeAQuarterOfTheMachinesMemoryOrHalfOfWhatADeviceHasLeft() {
        assertThat(ContextBudget.allowedBytes(Optional.empty(), 40_000)).isEqualTo(10_000);
        assertThat(ContextBudget.allowedBytes(Optional.of(new DeviceMemory(24_000, 6_000)), 40_000)).isEqualTo(3_000);
    }

}
