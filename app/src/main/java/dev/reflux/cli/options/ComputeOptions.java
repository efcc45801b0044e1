package dev.reflux.cli.options;

import dev.reflux.torch.TorchOptions;
import picocli.CommandLine.Option;

/** The options that name the device and the number of threads. */
public final class ComputeOptions {

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of compute threads (default: one for each core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--device", description = "Device: cpu, cuda:N or auto (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    /** Returns the options of the runtime. */
    public TorchOptions options() {
        return new TorchOptions(threads, device);
    }
}
