package dev.cerberus.langchain4j.kit;

import java.util.Optional;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * The run of a kit: closes the model when all kits are over, and counts.
 */
public final class KitRun implements BeforeAllCallback, AfterAllCallback, TestWatcher {

    private static final ExtensionContext.Namespace ALL_KITS = ExtensionContext.Namespace.create(KitRun.class);

    private final KitCounts counts = new KitCounts();

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
            .getStore(ALL_KITS)
            .computeIfAbsent("model", (key) -> (AutoCloseable) KitModel::close, AutoCloseable.class);
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        this.counts.passed();
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        this.counts.failed(cause);
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        this.counts.off();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        String kit = context.getRequiredTestClass().getSuperclass().getSimpleName();
        KitTable.row(kit, this.counts);
    }

}
