package dev.reflux.cli.options;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Work that PyTorch does for a command, and that leaves nothing half done when it is cut off. */
public final class TorchWork {

    /** Exit code after Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private TorchWork() {}

    /**
     * Does it. Ctrl-C in its midst ends the process at once: PyTorch's threads would go on computing while the C library
     * takes their globals down, and crash.
     */
    public static <T> T run(Supplier<T> work) {
        AtomicBoolean running = new AtomicBoolean(true);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (running.get()) {
                                Runtime.getRuntime().halt(INTERRUPTED);
                            }
                        },
                        "stop"));
        try {
            return work.get();
        } finally {
            running.set(false);
        }
    }
}
