package dev.reflux.common.config;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** Finds every mistake in the sources of one mapping: unknown keys, missing values, wrong types, broken bounds. */
final class ConfigCheck {

    private final String prefix;
    private final List<MappedSetting> settings;
    private final List<ConfigSource> sources;
    private final List<String> mistakes = new ArrayList<>();

    private ConfigCheck(Class<?> mapping, String prefix, List<ConfigSource> sources) {
        this.prefix = prefix;
        this.settings = MappedSetting.of(mapping, prefix);
        this.sources = sources;
    }

    /**
     * Returns all mistakes, one phrase each.
     *
     * @param mapping the configuration interface
     * @param prefix prefix of its keys
     * @param sources in any order, with ordinals
     */
    static List<String> mistakes(Class<?> mapping, String prefix, List<ConfigSource> sources) {
        ConfigCheck check = new ConfigCheck(mapping, prefix, sources);
        check.unknownKeys();
        check.values();
        return check.mistakes;
    }

    // ---- keys ------------------------------------------------------------------------------------------------

    private void unknownKeys() {
        Set<String> given = new TreeSet<>();
        sources.stream()
                .filter(source -> !(source instanceof EnvConfigSource))
                .forEach(source -> given.addAll(source.getPropertyNames()));
        for (String key : given) {
            if (!key.startsWith(prefix + ".")) {
                mistakes.add("\"" + key + "\" is not a key of this service, whose keys begin with \"" + prefix + ".\"");
            } else if (settings.stream().noneMatch(setting -> setting.takes(key))) {
                mistakes.add("\"" + key + "\" is not a key" + suggestion(key));
            }
        }
    }

    private String suggestion(String key) {
        LevenshteinDistance distance = new LevenshteinDistance(Math.max(3, key.length() / 3));
        return settings.stream()
                .map(MappedSetting::key)
                .filter(known -> distance.apply(key, known) >= 0)
                .min(Comparator.comparing(known -> distance.apply(key, known)))
                .map(nearest -> "; did you mean \"" + nearest + "\"?")
                .orElse("");
    }

    // ---- values ----------------------------------------------------------------------------------------------

    private void values() {
        SmallRyeConfig config = lenient();
        Map<String, Double> numbers = numbers(config);
        Map<String, Double> inRange = inRange(config, numbers);
        requireRelations(config, inRange);
    }

    /** Returns a configuration without a mapping, which converts one value at a time instead of refusing them all. */
    private SmallRyeConfig lenient() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(sources)
                .withDefaultValues(defaults())
                .build();
    }

    private Map<String, Double> numbers(SmallRyeConfig config) {
        Map<String, Double> numbers = new HashMap<>();
        for (MappedSetting setting : settings) {
            Object value = valueOf(setting, config);
            if (value instanceof Number || value instanceof Duration) {
                numbers.put(setting.key(), number(value));
            }
        }
        return numbers;
    }

    private Map<String, Double> inRange(SmallRyeConfig config, Map<String, Double> numbers) {
        Map<String, Double> inRange = new HashMap<>(numbers);
        for (MappedSetting setting : settings) {
            Double value = numbers.get(setting.key());
            if (value != null) {
                setting.bounds().rangeViolation(value).ifPresent(violation -> {
                    refuse(setting, config, violation);
                    inRange.remove(setting.key());
                });
            }
        }
        return inRange;
    }

    private void requireRelations(SmallRyeConfig config, Map<String, Double> inRange) {
        for (MappedSetting setting : settings) {
            Double value = inRange.get(setting.key());
            if (value != null) {
                setting.bounds()
                        .relationViolation(value, inRange)
                        .ifPresent(violation -> refuse(setting, config, violation));
            }
        }
    }

    private void refuse(MappedSetting setting, SmallRyeConfig config, String violation) {
        mistakes.add("\"" + setting.key() + "\" is " + config.getRawValue(setting.key()) + " and " + violation);
    }

    private Map<String, String> defaults() {
        return settings.stream()
                .filter(setting -> setting.setting().defaultValue().isPresent())
                .collect(Collectors.toMap(
                        MappedSetting::key,
                        setting -> setting.setting().defaultValue().orElseThrow()));
    }

    private @Nullable Object valueOf(MappedSetting setting, SmallRyeConfig config) {
        if (setting.isMap() || setting.isList()) {
            return null;
        }
        try {
            return setting.optional()
                    ? config.getOptionalValue(setting.key(), setting.type()).orElse(null)
                    : config.getValue(setting.key(), setting.type());
        } catch (NoSuchElementException e) {
            mistakes.add("\"" + setting.key() + "\" is required (or "
                    + setting.setting().environmentVariable() + " in the environment)");
        } catch (IllegalArgumentException e) {
            mistakes.add("\"" + setting.key() + "\" cannot be \"" + config.getRawValue(setting.key()) + "\" (expected "
                    + setting.setting().type() + ")");
        }
        return null;
    }

    private static double number(Object value) {
        return value instanceof Duration duration ? duration.toNanos() / 1e9 : ((Number) value).doubleValue();
    }
}
