package dev.reflux.common.config;

import dev.reflux.common.failure.UsageException;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Loads a {@link ConfigMapping} interface. Sources, the later winning: the mapping's defaults, a YAML file, environment
 * variables {@code REFLUX_<PREFIX>_<KEY>}, overrides. Every mistake is told in one message and unknown keys are
 * mistakes. A secret may be given as a file: {@code <key>-file} (or {@code …_FILE} in the environment) stands for the
 * first line of that file, for keys that end in secret-key, access-key, password or token.
 */
public final class ConfigLoader {

    private static final String ENVIRONMENT_PREFIX = "REFLUX_";
    private static final Pattern SECRET_FILE = Pattern.compile("(.*(?:secret-key|access-key|password|token))-file");
    private static final Pattern UNKNOWN = Pattern.compile("SRCFG00050: (\\S+).*");
    private static final Pattern REQUIRED = Pattern.compile(".*SRCFG00014: .*property (\\S+) is required.*");
    private static final Pattern WRONG = Pattern.compile(
            ".*config property (\\S+) with the config value (\".*?\") threw an Exception whilst being converted (?:SRCFG\\d+: )?(.*)");
    private static final Pattern CODE = Pattern.compile("SRCFG\\d+: ");
    private static final int FILE_ORDINAL = 200;
    private static final int ENVIRONMENT_ORDINAL = 300;
    private static final int OVERRIDE_ORDINAL = 400;

    private ConfigLoader() {}

    /**
     * @param mapping an interface with {@code @ConfigMapping(prefix = …)}
     * @param file YAML, or null for none
     * @param environment as {@code System.getenv()} gives it
     * @param overrides full keys with their values
     * @throws UsageException naming every mistake
     */
    public static <T> T load(
            Class<T> mapping, @Nullable Path file, Map<String, String> environment, Map<String, String> overrides) {
        String prefix = prefixOf(mapping);
        List<ConfigSource> sources = new ArrayList<>();
        if (file != null) {
            sources.add(yaml(file));
        }
        sources.add(environment(environment));
        sources.add(new PropertiesConfigSource(overrides, "the command line", OVERRIDE_ORDINAL));
        Map<String, String> secrets = secrets(sources);
        sources.replaceAll(source -> withoutSecretFiles(source));
        sources.add(new PropertiesConfigSource(secrets, "secret files", OVERRIDE_ORDINAL));
        List<String> mistakes = new ArrayList<>(strangers(sources, prefix));
        try {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(sources)
                    .withMapping(mapping)
                    .build();
            if (mistakes.isEmpty()) {
                return config.getConfigMapping(mapping);
            }
        } catch (ConfigValidationException e) {
            for (int i = 0; i < e.getProblemCount(); i++) {
                mistakes.add(inWords(e.getProblem(i).getMessage(), mapping, prefix));
            }
        }
        throw new UsageException("The configuration" + (file == null ? "" : " " + file) + " has "
                + (mistakes.size() == 1 ? "a mistake" : mistakes.size() + " mistakes") + ": "
                + String.join("; ", mistakes) + ".");
    }

    /** Key → default of every setting of a mapping, for help texts and documentation; no default: required. */
    public static Map<String, String> keys(Class<?> mapping) {
        Map<String, String> keys = new LinkedHashMap<>();
        ConfigKeys.collect(mapping, prefixOf(mapping), keys);
        return keys;
    }

    /** The environment variable that sets a key. */
    public static String environmentVariable(String key) {
        return ENVIRONMENT_PREFIX + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    private static String prefixOf(Class<?> mapping) {
        ConfigMapping annotation = mapping.getAnnotation(ConfigMapping.class);
        if (annotation == null || annotation.prefix().isEmpty()) {
            throw new IllegalArgumentException(mapping + " lacks @ConfigMapping(prefix = …)");
        }
        return annotation.prefix();
    }

    private static ConfigSource yaml(Path file) {
        if (!Files.isReadable(file)) {
            throw new UsageException("The configuration file " + file + " cannot be read; check the path.");
        }
        try {
            return new YamlConfigSource(file.toUri().toURL(), FILE_ORDINAL);
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a path makes a URL", e);
        } catch (IOException e) {
            throw new UsageException("The configuration file " + file + " cannot be read: " + e.getMessage() + ".", e);
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UsageException("The configuration file " + file + " is not YAML: " + message + ".", e);
        }
    }

    private static ConfigSource environment(Map<String, String> environment) {
        Map<String, String> ours = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                ours.put(name.substring(ENVIRONMENT_PREFIX.length()), value);
            }
        });
        return new EnvConfigSource(ours, ENVIRONMENT_ORDINAL);
    }

    /** The file that the last source names, unless a source after it gives the secret itself; no other is opened. */
    private static Map<String, String> secrets(List<ConfigSource> sources) {
        Map<String, String> files = new HashMap<>();
        for (ConfigSource source : sources) {
            Map<String, String> named = new HashMap<>();
            for (String name : source.getPropertyNames()) {
                String key = keyOf(source, name);
                Matcher match = SECRET_FILE.matcher(key);
                if (match.matches()) {
                    named.put(match.group(1), String.valueOf(source.getValue(name)));
                } else {
                    files.remove(key);
                }
            }
            files.putAll(named);
        }
        Map<String, String> secrets = new HashMap<>();
        files.forEach((key, file) -> secrets.put(key, firstLine(key, file)));
        return secrets;
    }

    /** Names of the environment are upper-case; a secret's key has one dash in its last word and dots before. */
    private static String keyOf(ConfigSource source, String name) {
        if (!(source instanceof EnvConfigSource)) {
            return name;
        }
        String key = name.toLowerCase(Locale.ROOT).replace('_', '.');
        return key.replaceAll("\\.(secret|access)\\.key(\\.file)?$", ".$1-key$2")
                .replaceAll("\\.file$", "-file");
    }

    private static String firstLine(String key, String path) {
        try {
            return Files.readString(Path.of(path)).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new UsageException(
                    "The secret " + key + " cannot be read from " + path + "; check that the file is there.", e);
        }
    }

    private static ConfigSource withoutSecretFiles(ConfigSource source) {
        if (source instanceof EnvConfigSource) {
            return source;
        }
        Map<String, String> rest = new HashMap<>(source.getProperties());
        rest.keySet().removeIf(name -> SECRET_FILE.matcher(name).matches());
        return new PropertiesConfigSource(rest, source.getName(), source.getOrdinal());
    }

    /** Keys outside the mapping's prefix, which SmallRye itself does not look at. */
    private static List<String> strangers(List<ConfigSource> sources, String prefix) {
        return sources.stream()
                .filter(source -> !(source instanceof EnvConfigSource))
                .flatMap(source -> source.getPropertyNames().stream())
                .filter(name -> !name.startsWith(prefix + "."))
                .sorted()
                .map(name -> "\"" + name + "\" is not a key of this service, whose keys begin with \"" + prefix + ".\"")
                .toList();
    }

    private static String inWords(String problem, Class<?> mapping, String prefix) {
        Matcher unknown = UNKNOWN.matcher(problem);
        if (unknown.matches()) {
            return "\"" + unknown.group(1) + "\" is not a key" + suggestion(unknown.group(1), mapping, prefix);
        }
        Matcher required = REQUIRED.matcher(problem);
        if (required.matches()) {
            return "\"" + required.group(1) + "\" is required (or " + environmentVariable(required.group(1))
                    + " in the environment)";
        }
        Matcher wrong = WRONG.matcher(problem);
        if (wrong.matches()) {
            return "\"" + wrong.group(1) + "\" cannot be " + wrong.group(2) + " (" + wrong.group(3) + ")";
        }
        return CODE.matcher(problem).replaceAll("").replaceAll("\\.$", "");
    }

    private static String suggestion(String key, Class<?> mapping, String prefix) {
        Map<String, String> known = new HashMap<>();
        ConfigKeys.collect(mapping, prefix, known);
        return new TreeSet<>(known.keySet())
                .stream()
                        .min(java.util.Comparator.comparingInt(candidate -> distance(key, candidate)))
                        .filter(nearest -> distance(key, nearest) <= Math.max(3, key.length() / 3))
                        .map(nearest -> "; did you mean \"" + nearest + "\"?")
                        .orElse("");
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
