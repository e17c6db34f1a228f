package dev.cerberus.advice;

import java.io.Serializable;
import java.util.Optional;

/**
 * One thing that helps, as an imperative. Immutable and thread-safe.
 */
public sealed interface Remedy extends Serializable {

    /**
     * Returns a remedy that is the same everywhere.
     * @param text an imperative without a full stop
     * @return the remedy
     */
    static Remedy of(String text) {
        return new Deed(text);
    }

    /**
     * Returns a remedy that changes a setting.
     * @param before what stands before the setting's name, such as {@code raise}
     * @param setting the setting
     * @return the remedy
     */
    static Remedy of(String before, Setting setting) {
        return new Change(before, setting, "");
    }

    /**
     * Returns a remedy that changes a setting.
     * @param before what stands before the setting's name, such as {@code set}
     * @param setting the setting
     * @param after what follows the name, such as {@code to auto}
     * @return the remedy
     */
    static Remedy of(String before, Setting setting, String after) {
        return new Change(before, setting, " " + after);
    }

    /**
     * Returns a remedy that switches a setting on.
     * @param setting the setting
     * @return the remedy
     */
    static Remedy on(Setting setting) {
        return new SwitchOn(setting);
    }

    /**
     * Returns the remedy in the words of a front.
     * @param names what the front calls settings
     * @return an imperative; empty if the front has no such setting
     */
    Optional<String> in(SettingNames names);

    /**
     * A remedy that is the same everywhere.
     *
     * @param text an imperative
     */
    record Deed(String text) implements Remedy {

        @Override
        public Optional<String> in(SettingNames names) {
            return Optional.of(this.text);
        }

    }

    /**
     * A change of a setting.
     *
     * @param before what stands before its name
     * @param setting the setting
     * @param after what follows its name, with the blank between
     */
    record Change(String before, Setting setting, String after) implements Remedy {

        @Override
        public Optional<String> in(SettingNames names) {
            return names.name(this.setting).map((name) -> this.before + " " + name + this.after);
        }

    }

    /**
     * A setting that is switched on.
     *
     * @param setting the setting
     */
    record SwitchOn(Setting setting) implements Remedy {

        @Override
        public Optional<String> in(SettingNames names) {
            return names.on(this.setting);
        }

    }

}
