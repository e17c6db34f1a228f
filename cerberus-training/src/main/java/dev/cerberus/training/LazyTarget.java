package dev.cerberus.training;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cerberus.model.TargetModel;

/**
 * A target model that is loaded when it is first needed, and once. Used by one thread.
 */
final class LazyTarget implements AutoCloseable {

    private final Supplier<TargetModel> loading;

    private @Nullable TargetModel loaded;

    /**
     * Creates a model that is not loaded.
     * @param loading loads it
     */
    LazyTarget(Supplier<TargetModel> loading) {
        this.loading = loading;
    }

    /** Returns the model, which is closed with this. */
    TargetModel get() {
        TargetModel target = this.loaded;
        if (target == null) {
            target = this.loading.get();
            this.loaded = target;
        }
        return target;
    }

    @Override
    public void close() {
        if (this.loaded != null) {
            this.loaded.close();
        }
    }

}
