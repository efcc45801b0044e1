package dev.reflux.cli;

import dev.reflux.common.launch.Failures;
import dev.reflux.common.launch.LogSetup;
import dev.reflux.common.launch.ServiceLauncher;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts the application. Exit codes: 0 for success, 2 for a mistake of the user, 1 for any other failure. */
public final class RefluxMain {

    /** Commands that run for weeks and log. The others are waited for by a person and log errors only. */
    private static final Set<String> SERVICES = Set.of("teacher", "trainer", "registry");

    private RefluxMain() {}

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        ServiceLauncher.neutralFormats();
        Map<String, String> environment = System.getenv();
        Optional<String> service =
                Arrays.stream(args).limit(1).filter(SERVICES::contains).findFirst();
        LogSetup.configure(environment, service);
        Failures failures = new Failures(
                environment.containsKey("REFLUX_DEBUG"),
                service.isPresent() && LogSetup.json(environment),
                RefluxCommandLine.REPORTED);
        System.exit(RefluxCommandLine.of(ServiceLauncher.out(), ServiceLauncher.err(), failures, List.of(args))
                .execute(args));
    }
}
