package dev.cerberus.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

import dev.cerberus.engine.BundledModel;

/**
 * What a native image must keep: files that are found by name, and the records whose
 * components tell the names of properties.
 */
final class CerberusRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("dev/cerberus/**");
        String model = BundledModel.LOCATION.substring("classpath:".length());
        hints.resources().registerPattern(model.substring(0, model.lastIndexOf('/') + 1) + "*");
        hints.reflection().registerType(CerberusProperties.class, MemberCategory.INVOKE_PUBLIC_METHODS);
        for (Class<?> nested : CerberusProperties.class.getDeclaredClasses()) {
            if (nested.isRecord()) {
                hints.reflection().registerType(nested, MemberCategory.INVOKE_PUBLIC_METHODS);
            }
        }
    }

}
