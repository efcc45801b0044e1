package dev.reflux.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Settings as the files that a service's {@code --config} takes. */
final class ConfigurationFile {

    private ConfigurationFile() {}

    /** @param settings full keys with dots */
    static void write(Path file, Map<String, String> settings) throws IOException {
        Map<String, Object> tree = new TreeMap<>();
        settings.forEach((key, value) -> put(tree, key, value));
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        Files.writeString(file, new Yaml(options).dump(tree));
    }

    /** Only its owner may read it. */
    static void writeSecret(Path file, String secret) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, secret + "\n");
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, String key, String value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            tree.put(key, value);
        } else {
            put(
                    (Map<String, Object>)
                            tree.computeIfAbsent(key.substring(0, dot), k -> new TreeMap<String, Object>()),
                    key.substring(dot + 1),
                    value);
        }
    }
}
