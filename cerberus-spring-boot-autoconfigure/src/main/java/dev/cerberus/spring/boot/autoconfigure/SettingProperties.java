package dev.cerberus.spring.boot.autoconfigure;

import java.util.Optional;

import dev.cerberus.advice.Setting;
import dev.cerberus.advice.SettingNames;

/**
 * The properties that set what texts of the engine advise to change. Thread-safe.
 */
enum SettingProperties implements SettingNames {

    /** The only instance. */
    INSTANCE;

    @Override
    public Optional<String> name(Setting setting) {
        return Optional.of(property(setting));
    }

    @Override
    public Optional<String> on(Setting setting) {
        return (setting == Setting.HUB_DOWNLOAD) ? Optional.of("set cerberus.model.download to if-missing")
                : SettingNames.super.on(setting);
    }

    private static String property(Setting setting) {
        return switch (setting) {
            case MAX_CONTEXT -> "cerberus.model.max-context";
            case PRECISION -> "cerberus.model.precision";
            case DEVICE -> "cerberus.device";
            case HEADS -> "cerberus.heads.location";
            case HEADS_COUNT -> "cerberus.heads.count";
            case MEMORY -> "cerberus.memory.location";
            case TREE_SHAPE -> "cerberus.tree.shape";
            case CONTEXT_LOOKUP -> "cerberus.tree.context-lookup";
            case CALIBRATION -> "cerberus.gate.calibration";
            case CHAT_TEMPLATE -> "cerberus.chat.template";
            case HUB_DOWNLOAD -> "cerberus.model.download";
            case HUB_CACHE -> "cerberus.model.cache";
            case WEIGHTS_CACHE -> "cerberus.model.weights-cache";
            case QUEUE_CAPACITY -> "cerberus.engine.queue-capacity";
            case MAX_CONCURRENT -> "cerberus.engine.max-concurrent";
            case REQUEST_TIMEOUT -> "cerberus.engine.request-timeout";
            case MAX_INPUT_CHARACTERS -> "cerberus.engine.max-input-characters";
            case KV_CACHE_TOKENS -> "cerberus.engine.kv-cache-tokens";
        };
    }

}
