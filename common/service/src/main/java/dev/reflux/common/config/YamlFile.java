package dev.reflux.common.config;

import dev.reflux.common.failure.UsageException;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** A YAML configuration file, checked before SmallRye reads it: SmallRye follows anchors without a bound. */
final class YamlFile {

    /** No service has as many settings; anchors that expand to more are a mistake or an attack. */
    private static final int MOST_NODES = 10_000;

    private final Path file;
    private final Set<Object> path = Collections.newSetFromMap(new IdentityHashMap<>());
    private int nodes;

    private YamlFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param file the YAML file
     * @param ordinal precedence of the source
     * @throws UsageException in one sentence, with the line where one is at fault, when the file cannot be used
     */
    static ConfigSource read(Path file, int ordinal) {
        return new YamlFile(file).source(ordinal);
    }

    private ConfigSource source(int ordinal) {
        String text = text();
        Object root = parse(text);
        if (root == null) {
            return new YamlConfigSource(file.toString(), Map.of(), ordinal);
        }
        if (!(root instanceof Map)) {
            throw new UsageException("The configuration file " + file
                    + " does not hold settings; write them as nested keys, such as \"teacher: {batch: {size: 4}}\".");
        }
        requireFinite(root);
        return new YamlConfigSource(file.toString(), text, ordinal);
    }

    private String text() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UsageException(
                    "The configuration file " + file + " cannot be read; check the path and that it is UTF-8 text.", e);
        }
    }

    private @Nullable Object parse(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (MarkedYAMLException e) {
            throw new UsageException(
                    "The configuration file " + file + " is not YAML: line "
                            + (e.getProblemMark().getLine() + 1) + ", column "
                            + (e.getProblemMark().getColumn() + 1) + ": " + oneLine(e.getProblem()) + ".",
                    e);
        } catch (YAMLException e) {
            throw new UsageException(
                    "The configuration file " + file + " is not YAML: " + oneLine(e.getMessage()) + ".", e);
        }
    }

    private static String oneLine(@Nullable String problem) {
        return String.valueOf(problem).lines().findFirst().orElse("").strip();
    }

    private void requireFinite(@Nullable Object node) {
        if (++nodes > MOST_NODES) {
            throw new UsageException("The configuration file " + file + " expands to more than " + MOST_NODES
                    + " values; write fewer aliases (\"*name\").");
        }
        if (node instanceof Map<?, ?> map) {
            descend(node, map.values());
        } else if (node instanceof List<?> list) {
            descend(node, list);
        }
    }

    private void descend(Object node, Collection<?> children) {
        if (!path.add(node)) {
            throw new UsageException("The configuration file " + file
                    + " has an anchor that contains itself; write its values out instead of an alias (\"*name\").");
        }
        children.forEach(this::requireFinite);
        path.remove(node);
    }
}
