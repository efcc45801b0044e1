package dev.reflux.cli.options;

import dev.reflux.torch.TorchOptions;
import picocli.CommandLine.Option;

/** Where and with how many threads a command computes. */
public final class ComputeOptions {

    @Option(names = "--threads", paramLabel = "N", description = "Threads of compute (default: every core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--device", description = "cpu, cuda:N or auto (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    public TorchOptions options() {
        return new TorchOptions(threads, device);
    }
}
