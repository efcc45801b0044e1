package dev.reflux.common.launch;

import java.util.Map;
import java.util.Optional;

/**
 * The log of the process. Log4j reads its system properties once, when the first logger is created, so this comes first.
 * {@code REFLUX_LOG_FORMAT} is text or json, {@code REFLUX_LOG_LEVEL} a level of Log4j.
 */
public final class LogSetup {

    private LogSetup() {}

    /**
     * Sets the properties of the log that are not set yet.
     *
     * @param environment the environment variables of the process
     * @param service the name of the service; empty for a command that a person waits for, which logs errors only
     */
    public static void configure(Map<String, String> environment, Optional<String> service) {
        service.ifPresent(name -> setUnlessSet("reflux.service", name));
        setUnlessSet("log4j2.configurationFile", json(environment) ? "log4j2-json.xml" : "log4j2-text.xml");
        String usual = service.isPresent() ? "info" : "error";
        setUnlessSet("reflux.log.level", environment.getOrDefault("REFLUX_LOG_LEVEL", usual));
    }

    /** Returns whether each line of the log is a JSON object. */
    public static boolean json(Map<String, String> environment) {
        return environment.getOrDefault("REFLUX_LOG_FORMAT", "text").equals("json");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
