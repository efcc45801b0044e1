package dev.reflux.cli.options;

import dev.reflux.quickstart.Workspace;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of commands that run the whole path in a folder. Confined to the thread of the command. */
public final class RunOptions {

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of weights, batches and augmentation (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--fresh", description = "Delete the earlier run in --out first.")
    private boolean fresh;

    /** Returns the seed of weights, batches and augmentation. */
    public long seed() {
        return seed;
    }

    /** Deletes the earlier run in a folder if {@code --fresh} was given. */
    public void prepare(Path out) {
        if (fresh) {
            Workspace.clear(out);
        }
    }
}
