package dev.cerberus.cli;

import java.util.List;
import java.util.Optional;

import dev.cerberus.advice.Setting;
import dev.cerberus.advice.SettingNames;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The options of a command that set what texts of the engine advise to change. A command
 * without such an option gives no such advice. Thread-safe.
 *
 * @param spec the command
 */
record SettingOptions(CommandSpec spec) implements SettingNames {

    private static final String NO_LOOKUP = "--no-context-lookup";

    @Override
    public Optional<String> name(Setting setting) {
        return options(setting).stream().filter(this.spec.optionsMap()::containsKey).findFirst();
    }

    @Override
    public Optional<String> on(Setting setting) {
        return name(setting).map((option) -> option.equals(NO_LOOKUP) ? "leave out " + option : "add " + option);
    }

    /** Returns what commands call a setting; empty if none has it. */
    static List<String> options(Setting setting) {
        return switch (setting) {
            case MAX_CONTEXT -> List.of("--max-context");
            case PRECISION -> List.of("--precision");
            case DEVICE -> List.of("--device");
            case HEADS -> List.of("--heads");
            case MEMORY -> List.of("--memory");
            case TREE_SHAPE -> List.of("--tree");
            case CONTEXT_LOOKUP -> List.of(NO_LOOKUP);
            case CHAT_TEMPLATE -> List.of("--chat-template");
            case WEIGHTS_CACHE -> List.of("--weights-cache");
            case QUEUE_CAPACITY -> List.of("--queue");
            case MAX_CONCURRENT -> List.of("--max-concurrent", "--clients");
            case REQUEST_TIMEOUT -> List.of("--timeout");
            case CALIBRATION, HEADS_COUNT, HUB_CACHE, HUB_DOWNLOAD, KV_CACHE_TOKENS, MAX_INPUT_CHARACTERS -> List.of();
        };
    }

}
