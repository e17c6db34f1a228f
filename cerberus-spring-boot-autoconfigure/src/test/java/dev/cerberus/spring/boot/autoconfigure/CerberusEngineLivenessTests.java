package dev.cerberus.spring.boot.autoconfigure;

import java.lang.ref.WeakReference;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.cerberus.engine.CerberusEngine;

/**
 * Engines of an application that makes them again and again.
 */
class CerberusEngineLivenessTests {

    private final CerberusEngineLiveness liveness = new CerberusEngineLiveness(List::of, (event) -> {
    });

    private WeakReference<CerberusEngine> openedAndClosed() {
        try (CerberusEngine engine = TinyEngine.open()) {
            this.liveness.postProcessAfterInitialization(engine, "prototype");
            return new WeakReference<>(engine);
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void engineThatIsUsedNoMoreIsNotHeld() throws Exception {
        this.liveness.start();
        WeakReference<CerberusEngine> engine = openedAndClosed();
        while (engine.get() != null) {
            System.gc();
            Thread.sleep(10);
        }
    }

}
