package dev.reflux.torch;

import dev.reflux.common.failure.UsageException;

/**
 * The options of PyTorch in this JVM.
 *
 * @param threads the number of threads of one operation on the CPU, at least 1
 * @param device {@code cpu}, {@code cuda:N}, or {@code auto}: the first GPU if there is one, otherwise the CPU
 */
public record TorchOptions(int threads, String device) {

    /** Returns options for the CPU with all cores. */
    public static TorchOptions cpu() {
        return new TorchOptions(Runtime.getRuntime().availableProcessors(), "cpu");
    }

    public TorchOptions {
        if (threads < 1) {
            throw new UsageException("threads is " + threads + "; give at least 1.");
        }
        if (!device.matches("cpu|auto|cuda(:\\d{1,3})?")) {
            throw new UsageException("device is \"" + device + "\"; use cpu, cuda:N (such as cuda:0) or auto.");
        }
    }
}
