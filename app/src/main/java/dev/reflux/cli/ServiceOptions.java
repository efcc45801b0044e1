package dev.reflux.cli;

import dev.reflux.common.config.ConfigLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every service's command has. */
final class ServiceOptions {

    @Option(names = "--config", paramLabel = "FILE", description = "YAML file; REFLUX_… variables win over it.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, over file and environment; may be given again.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(names = "--check-config", description = "Read and check the configuration, say so, and end.")
    private boolean checkConfig;

    @Option(names = "--list-config", description = "Show every setting with its default and variable, and end.")
    private boolean listConfig;

    @Option(names = "--sample-config", description = "Print a commented configuration file to start from, and end.")
    private boolean sampleConfig;

    boolean checkOnly() {
        return checkConfig;
    }

    boolean listOnly() {
        return listConfig;
    }

    boolean sampleOnly() {
        return sampleConfig;
    }

    <T> T load(Class<T> mapping) {
        return ConfigLoader.load(mapping, config, System.getenv(), overrides);
    }

    static void list(Class<?> mapping, PrintWriter out) {
        ConfigLoader.keys(mapping)
                .forEach((key, value) ->
                        out.printf("%-40s %-28s %s%n", key, value, ConfigLoader.environmentVariable(key)));
    }
}
