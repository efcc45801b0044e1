package dev.reflux.common.launch;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.config.SecretArguments;
import dev.reflux.common.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command of a service that is configured by a file. A subclass has picocli's {@code @Command} and, beside its class
 * as a resource, a commented sample of the file: {@code NAME.yaml}, in which <code>${models}</code> is the folder of the
 * models that ship with Reflux.
 *
 * @param <C> the mapping of the configuration
 */
public abstract class ServiceCommand<C> implements Callable<Integer> {

    private final Class<C> mapping;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file with settings; environment variables REFLUX_… take precedence over it.")
    private @Nullable Path config;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, which takes precedence over file and environment; can be repeated. No secret.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(names = "--check-config", description = "Check the configuration and exit.")
    private boolean checkOnly;

    @Option(
            names = "--list-config",
            description = "List every setting with its description, type, default, range and variable, and exit.")
    private boolean listOnly;

    @Option(names = "--sample-config", description = "Print a commented configuration file to start from, and exit.")
    private boolean sampleOnly;

    /** @param mapping the interface that the configuration is mapped to */
    protected ServiceCommand(Class<C> mapping) {
        this.mapping = mapping;
    }

    /**
     * Checks the configuration and the files that it names, without starting anything.
     *
     * @throws dev.reflux.common.failure.UsageException if the service could not start with it
     */
    protected abstract void check(C configuration);

    /**
     * Runs the service until the JVM is asked to end.
     *
     * @return the exit code
     */
    protected abstract int run(C configuration) throws InterruptedException;

    /** Returns the settings that the command's own options stand for; they take precedence over all others. */
    protected Map<String, String> options() {
        return Map.of();
    }

    @Override
    public final Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (listOnly) {
            list(out);
            return 0;
        }
        if (sampleOnly) {
            out.print(sample());
            out.flush();
            return 0;
        }
        SecretArguments.refuse(
                overrides.keySet(), "in a file that a setting with the ending -file names, or in the environment");
        overrides.putAll(options());
        C configuration = ConfigLoader.load(mapping, config, System.getenv(), overrides);
        if (checkOnly) {
            check(configuration);
            out.println("The configuration of the " + spec.name() + " is valid.");
            return 0;
        }
        return run(configuration);
    }

    private void list(PrintWriter out) {
        for (Setting setting : ConfigLoader.settings(mapping)) {
            out.printf(
                    "%s%n    %s%n    type: %s; default: %s%s%n    variable: %s%n",
                    setting.key(),
                    setting.description(),
                    setting.type(),
                    setting.defaultInWords(),
                    setting.range().isEmpty() ? "" : "; range: " + setting.range(),
                    setting.environmentVariable());
        }
    }

    private String sample() {
        String models =
                Path.of(System.getProperty("reflux.home", "."), "models").toString();
        String file = spec.name() + ".yaml";
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("${models}", models);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
