package dev.reflux.embedded;

import org.apache.kafka.common.utils.internals.Exit;

/**
 * Kafka's server halts its whole process when its disk fails it. Inside somebody else's JVM that is not its call: it
 * throws instead, and the one who waits for the broker sees why.
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
