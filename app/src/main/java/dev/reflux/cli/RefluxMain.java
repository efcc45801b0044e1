package dev.reflux.cli;

import dev.reflux.cli.options.Failures;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where {@code ./reflux} begins. Exit codes: 0 done, 2 usage or configuration, 1 anything else. */
public final class RefluxMain {

    /** Commands that run for weeks and are read by machines. The others talk to a person, who wants no log. */
    private static final Set<String> SERVICES = Set.of("teacher", "trainer", "registry");

    private RefluxMain() {}

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        configureLogs(args, System.getenv());
        Failures failures =
                new Failures(System.getenv("REFLUX_DEBUG") != null, isService(args) && json(System.getenv()));
        int code = RefluxCommandLine.of(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                        failures,
                        List.of(args))
                .execute(args);
        System.exit(code);
    }

    /** Before the first logger is made: logging reads these properties once. */
    private static void configureLogs(String[] args, Map<String, String> environment) {
        boolean service = isService(args);
        if (service) {
            setUnlessSet("reflux.service", args[0]);
        }
        setUnlessSet("log4j2.configurationFile", json(environment) ? "log4j2-json.xml" : "log4j2-text.xml");
        setUnlessSet("reflux.log.level", environment.getOrDefault("REFLUX_LOG_LEVEL", service ? "info" : "error"));
    }

    private static boolean isService(String[] args) {
        return args.length > 0 && SERVICES.contains(args[0]);
    }

    private static boolean json(Map<String, String> environment) {
        return environment.getOrDefault("REFLUX_LOG_FORMAT", "text").equals("json");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
