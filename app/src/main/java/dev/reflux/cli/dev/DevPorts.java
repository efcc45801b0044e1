package dev.reflux.cli.dev;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.LoopbackPorts;

/** Ports that a person gave. */
final class DevPorts {

    private DevPorts() {}

    /** @throws UsageException when somebody listens there; 0, for any port, is free */
    static void requireFree(int port) {
        if (port < 0 || port > 65535) {
            throw new UsageException("Port " + port + " does not exist; give 1 to 65535, or 0 for a free one.");
        }
        if (port > 0 && !LoopbackPorts.isFree(port)) {
            throw new UsageException("Port " + port + " is taken on this machine; give another one, or 0.");
        }
    }
}
