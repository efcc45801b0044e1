package dev.reflux.quickstart;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The environment of the processes of {@code dev up}.
 *
 * <p>Variables that override a setting of the learning pass through. Those that name a broker, a store, a registry or their
 * credentials do not: a run has its own, and a variable that was set for another installation would connect one of its
 * processes to that.
 */
final class DevEnvironment {

    private static final Pattern OF_ANOTHER_INSTALLATION = Pattern.compile("REFLUX_(S3_.*|REGISTRY_TOKEN"
            + "|KAFKA_.*|(TRAINER|TEACHER)_KAFKA_(BOOTSTRAP_SERVERS|PROPERTIES.*)|TRAINER_STORE_.*)");

    private static final String JAVA_OPTIONS = "REFLUX_JAVA_OPTS";

    private final Map<String, String> given;

    /** @param given the environment of this process */
    DevEnvironment(Map<String, String> given) {
        this.given = Map.copyOf(given);
    }

    /**
     * Returns all variables of a process.
     *
     * @param heap the option of the JVM that bounds its heap; an option of the user comes after it
     */
    Map<String, String> with(String heap) {
        Map<String, String> environment = new TreeMap<>(given);
        environment
                .keySet()
                .removeIf(name -> OF_ANOTHER_INSTALLATION.matcher(name).matches());
        environment.merge(JAVA_OPTIONS, heap, (options, first) -> first + " " + options);
        // The launcher that started this process has just built everything.
        environment.put("REFLUX_SKIP_BUILD", "1");
        return environment;
    }
}
