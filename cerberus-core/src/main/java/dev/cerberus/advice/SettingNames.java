package dev.cerberus.advice;

import java.util.Optional;

/**
 * What the users of a front call settings. A front is what they set them through: Java, a
 * file of properties, a command line. Implementations are thread-safe.
 */
@FunctionalInterface
public interface SettingNames {

    /**
     * The names in Java, as of components of {@code EngineOptions}.
     */
    SettingNames JAVA = (setting) -> Optional.of("EngineOptions." + setting.option());

    /**
     * Returns the name of a setting.
     * @param setting the setting
     * @return its name; empty if it can not be changed there, so that nobody is told to
     */
    Optional<String> name(Setting setting);

    /**
     * Returns how a setting that is on or off is switched on.
     * @param setting the setting
     * @return an imperative; empty if it can not be changed there
     */
    default Optional<String> on(Setting setting) {
        return name(setting).map((name) -> "set " + name + " to true");
    }

}
