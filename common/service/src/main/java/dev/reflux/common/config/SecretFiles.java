package dev.reflux.common.config;

import dev.reflux.common.failure.UsageException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Secrets that a source gives as a file: {@code <key>-file} names a file whose first line is the value of {@code <key>}.
 * Applies to keys that end in secret-key, access-key, password or token.
 */
final class SecretFiles {

    private static final Pattern KEY = Pattern.compile("(.*(?:secret-key|access-key|password|token))-file");

    private SecretFiles() {}

    /**
     * Replaces the names of files by what they hold.
     *
     * @param sources in order, the later winning
     * @param ordinal precedence of the secrets that files hold
     * @return the sources without {@code -file} keys, and one more with the secrets
     * @throws UsageException when a file cannot be read
     */
    static List<ConfigSource> resolve(List<ConfigSource> sources, int ordinal) {
        List<ConfigSource> resolved = new ArrayList<>();
        sources.forEach(source -> resolved.add(withoutFiles(source)));
        Map<String, String> secrets = new HashMap<>();
        files(sources).forEach((key, file) -> secrets.put(key, firstLine(key, file)));
        resolved.add(new PropertiesConfigSource(secrets, "secret files", ordinal));
        return resolved;
    }

    /** Returns the file of each secret that the last source to name the secret gives as a file. */
    private static Map<String, String> files(List<ConfigSource> sources) {
        Map<String, String> files = new HashMap<>();
        for (ConfigSource source : sources) {
            Map<String, String> named = new HashMap<>();
            for (String name : source.getPropertyNames()) {
                String key = keyOf(source, name);
                Matcher match = KEY.matcher(key);
                if (match.matches()) {
                    named.put(match.group(1), String.valueOf(source.getValue(name)));
                } else {
                    files.remove(key);
                }
            }
            files.putAll(named);
        }
        return files;
    }

    /** Variables are upper-case: their last two words, or three with FILE, make a key with dashes. */
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

    private static ConfigSource withoutFiles(ConfigSource source) {
        if (source instanceof EnvConfigSource) {
            return source;
        }
        Map<String, String> rest = new HashMap<>(source.getProperties());
        rest.keySet().removeIf(name -> KEY.matcher(name).matches());
        return new PropertiesConfigSource(rest, source.getName(), source.getOrdinal());
    }
}
