package dev.reflux.embedded;

import org.apache.kafka.common.utils.internals.Exit;

/**
 * Replaces the halt of Kafka's server by an exception. The server halts its process when its disk fails; in the JVM of
 * an application it must throw instead, so that the application reports the failure.
 */
final class HaltProcedure {

    private HaltProcedure() {}

    static void install() {
        Exit.setHaltProcedure((status, message) -> {
            throw new IllegalStateException("the embedded broker failed with status " + status + ": " + message);
        });
        Exit.setExitProcedure((status, message) -> {
            throw new IllegalStateException("the embedded broker ended with status " + status + ": " + message);
        });
    }
}
