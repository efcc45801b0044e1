package dev.reflux.common.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting of a configuration interface, as the reference shows it.
 *
 * @param key full key in YAML, such as {@code teacher.batch.size}; ends in {@code .*} for a map
 * @param type name of the type, such as "integer"
 * @param defaultValue value that holds where none is given; empty where there is none
 * @param required whether a value must be given
 * @param unset what holds where an optional setting is not given; may be empty
 * @param range allowed values in words; may be empty
 * @param description what the setting does
 */
public record Setting(
        String key,
        String type,
        Optional<String> defaultValue,
        boolean required,
        String unset,
        String range,
        String description) {

    static final String ENVIRONMENT_PREFIX = "REFLUX_";

    /** Returns the environment variable that sets this setting. */
    public String environmentVariable() {
        return environmentVariable(key);
    }

    /** Returns the default, or in parentheses what holds where there is none. */
    public String defaultInWords() {
        return defaultValue.orElse(required ? "(required)" : unset.isEmpty() ? "(none)" : "(" + unset + ")");
    }

    static String environmentVariable(String key) {
        return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
