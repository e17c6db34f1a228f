package dev.cerberus.engine;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Which requests an engine takes whose admission is stopped and opened again.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineAdmissionTests extends AbstractEngineThreadTests {

    @Test
    void requestsAreTakenAgainOnceAdmissionIsOpenedAgain() {
        open((options) -> options, NOTHING);
        this.engine.resumeAdmission();
        assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
        for (int round = 0; round < 2; round++) {
            this.engine.stopAdmission();
            assertThat(this.engine.state()).isEqualTo(EngineState.STOPPING);
            assertThatThrownBy(() -> this.engine.generate(request("refused")))
                .isInstanceOf(EngineClosedException.class);
            this.engine.resumeAdmission();
            assertThat(this.engine.state()).isEqualTo(EngineState.RUNNING);
            assertThat(this.engine.generate(request("taken")).tokens()).isNotEmpty();
        }
    }

    @Test
    void requestsThatRunOrWaitMeanwhileGoOn() throws Exception {
        open((options) -> options.maxConcurrent(1), this::block);
        Answer active = new Answer();
        Answer waiting = new Answer();
        this.engine.submit(request("active"), active);
        assertThat(this.stuck.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        this.engine.submit(request("waiting"), waiting);
        this.engine.stopAdmission();
        this.engine.resumeAdmission();
        Answer next = new Answer();
        this.engine.submit(request("next"), next);
        this.release.countDown();
        for (Answer each : new Answer[] { active, waiting, next }) {
            assertThat(each.result().tokens()).isNotEmpty();
        }
    }

    @Test
    void closedEngineStaysClosed() {
        open((options) -> options, NOTHING);
        this.engine.stopAdmission();
        this.engine.close();
        this.engine.resumeAdmission();
        assertThat(this.engine.state()).isEqualTo(EngineState.CLOSED);
        assertThatThrownBy(() -> this.engine.generate(request("refused"))).isInstanceOf(EngineClosedException.class);
    }

    @Test
    void engineThatIsClosedWhileAdmissionIsOpenedIsClosed() throws Exception {
        for (int round = 0; round < 20; round++) {
            open((options) -> options, NOTHING);
            CerberusEngine closing = this.engine;
            Thread resuming = new Thread(() -> {
                for (int i = 0; i < 1000; i++) {
                    closing.stopAdmission();
                    closing.resumeAdmission();
                }
            });
            resuming.start();
            closing.close();
            assertThatThrownBy(() -> closing.generate(request("refused"))).isInstanceOf(EngineClosedException.class);
            resuming.join();
            assertThat(closing.state()).isEqualTo(EngineState.CLOSED);
        }
    }

    @Test
    void engineThatHasFailedStaysSo() {
        open((options) -> options, NOTHING);
        this.engine.stopAdmission();
        FailingEngine.fail(this.engine);
        this.engine.resumeAdmission();
        assertThat(this.engine.state()).isEqualTo(EngineState.FAILED);
        assertThatThrownBy(() -> this.engine.generate(request("refused"))).isInstanceOf(EngineFailedException.class);
    }

}
