package dev.reflux.cli;

import dev.reflux.torch.TorchOptions;
import picocli.CommandLine.Option;

/** Where and with how many threads a command computes. */
final class TorchMixin {

    @Option(names = "--threads", paramLabel = "N", description = "Threads of compute (default: every core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--device", description = "cpu, cuda:N or auto (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    TorchOptions options() {
        return new TorchOptions(threads, device);
    }
}
