package dev.reflux.cli.options;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Work of PyTorch for a command. The work must leave no file half written if it is cut off. */
public final class TorchWork {

    /** The exit code after Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private TorchWork() {}

    /**
     * Does the work and returns its result. Ctrl-C halts the process at once: during an orderly exit PyTorch's threads
     * would go on computing while the C library destroys their globals, and crash.
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
