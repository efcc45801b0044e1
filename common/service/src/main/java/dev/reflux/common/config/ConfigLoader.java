package dev.reflux.common.config;

import dev.reflux.common.failure.UsageException;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Loads a {@link ConfigMapping} interface.
 *
 * <ol>
 *   <li>Sources in order, the later winning: the mapping's defaults, a YAML file, environment variables
 *       {@code REFLUX_<PREFIX>_<KEY>}, overrides.
 *   <li>One message names every mistake. Unknown keys, missing values, values of another type and values outside of
 *       {@link Range} and {@link AtLeast} are mistakes.
 *   <li>A secret may be given as a file: {@code <key>-file} (or {@code …_FILE} in the environment) names a file whose
 *       first line is the value, for keys that end in secret-key, access-key, password or token.
 * </ol>
 */
public final class ConfigLoader {

    /** Codes of SmallRye's messages; {@link ConfigCheck} words what it finds itself. */
    private static final Pattern CODE = Pattern.compile("SRCFG\\d{5}: ");

    private static final int FILE_ORDINAL = 200;
    private static final int ENVIRONMENT_ORDINAL = 300;
    private static final int OVERRIDE_ORDINAL = 400;

    private ConfigLoader() {}

    /**
     * Returns the configuration.
     *
     * @param mapping an interface with {@code @ConfigMapping(prefix = …)}
     * @param file YAML file, or null for none
     * @param environment environment variables, as {@code System.getenv()} returns them
     * @param overrides values by full key
     * @throws UsageException when there is any mistake; its sentence names them all
     */
    public static <T> T load(
            Class<T> mapping, @Nullable Path file, Map<String, String> environment, Map<String, String> overrides) {
        String prefix = prefixOf(mapping);
        List<ConfigSource> sources = new ArrayList<>();
        if (file != null) {
            sources.add(YamlFile.read(file, FILE_ORDINAL));
        }
        sources.add(environment(environment));
        sources.add(new PropertiesConfigSource(overrides, "the command line", OVERRIDE_ORDINAL));
        sources = SecretFiles.resolve(sources, OVERRIDE_ORDINAL);
        List<String> mistakes = ConfigCheck.mistakes(mapping, prefix, sources);
        if (!mistakes.isEmpty()) {
            throw refused(file, mistakes);
        }
        try {
            return new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(sources)
                    .withMapping(mapping)
                    .build()
                    .getConfigMapping(mapping);
        } catch (ConfigValidationException e) {
            for (int i = 0; i < e.getProblemCount(); i++) {
                mistakes.add(CODE.matcher(e.getProblem(i).getMessage()).replaceAll(""));
            }
            throw refused(file, mistakes);
        }
    }

    /**
     * Returns every setting of a mapping in the order of the keys, for help texts and documentation.
     *
     * @param mapping an interface with {@code @ConfigMapping(prefix = …)}
     */
    public static List<Setting> settings(Class<?> mapping) {
        return MappedSetting.of(mapping, prefixOf(mapping)).stream()
                .map(MappedSetting::setting)
                .toList();
    }

    private static UsageException refused(@Nullable Path file, List<String> mistakes) {
        return new UsageException("The configuration" + (file == null ? "" : " " + file) + " has "
                + (mistakes.size() == 1 ? "a mistake" : mistakes.size() + " mistakes") + ": "
                + String.join("; ", mistakes) + ".");
    }

    private static String prefixOf(Class<?> mapping) {
        ConfigMapping annotation = mapping.getAnnotation(ConfigMapping.class);
        if (annotation == null || annotation.prefix().isEmpty()) {
            throw new IllegalArgumentException(mapping + " lacks @ConfigMapping(prefix = …)");
        }
        return annotation.prefix();
    }

    private static ConfigSource environment(Map<String, String> environment) {
        Map<String, String> ours = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(Setting.ENVIRONMENT_PREFIX)) {
                ours.put(name.substring(Setting.ENVIRONMENT_PREFIX.length()), value);
            }
        });
        return new EnvConfigSource(ours, ENVIRONMENT_ORDINAL);
    }
}
