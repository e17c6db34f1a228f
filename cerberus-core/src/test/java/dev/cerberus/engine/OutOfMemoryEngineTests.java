package dev.cerberus.engine;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cerberus.model.DeviceProfile;
import dev.cerberus.model.ModelException;
import dev.cerberus.model.Span;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A device whose memory ends before the conversations do.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OutOfMemoryEngineTests extends AbstractEngineThreadTests {

    private static final int FITTING_TOKENS = 60;

    private static final String NO_MEMORY = "There was no memory left on cuda:0 for this request";

    /** Fails where one of the sequences has grown too long, whoever else takes part. */
    private static void refuseLongOnes(List<Span> spans) {
        if (spans.stream().anyMatch((span) -> span.cache().length() > FITTING_TOKENS)) {
            throw new ModelException(NO_MEMORY);
        }
    }

    private void open(DeviceProfile profile) {
        this.engine = CerberusEngine.start(EngineOptions.builder("scripted").maxConcurrent(3).build(),
                ScriptedModels.load(tokenizer, OutOfMemoryEngineTests::refuseLongOnes, profile));
    }

    @Test
    void theRequestThatTakesTooMuchFailsAndTheOthersGoOn() throws Exception {
        open(DeviceProfile.CPU);
        Answer first = new Answer();
        Answer tooLong = new Answer();
        Answer last = new Answer();
        this.engine.submit(request("first", 30), first);
        this.engine.submit(request("long", 120), tooLong);
        this.engine.submit(request("last", 30), last);
        assertThat(tooLong.error()).isInstanceOf(ModelException.class).hasMessage(NO_MEMORY);
        assertThat(first.result().tokens()).hasSize(30);
        assertThat(last.result().tokens()).hasSize(30);
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
        assertThat(this.engine.generate(request("next", 30)).tokens()).hasSize(30);
        assertThat(this.engine.totals().failures()).isEqualTo(1);
    }

    @Test
    void aDeviceOfAnotherKindDraftsWhatSuitsIt() {
        open(DeviceProfile.CPU);
        assertThat(this.engine.maxNodes()).isEqualTo(16);
        assertThat(this.engine.costs().stepSeconds()).hasSize(17);
        this.engine.close();
        open(DeviceProfile.CUDA);
        assertThat(this.engine.maxNodes()).isEqualTo(63);
        assertThat(this.engine.costs().stepSeconds()).hasSize(64);
        assertThat(this.engine.generate(request("a", 30)).tokens()).hasSize(30);
    }

}
