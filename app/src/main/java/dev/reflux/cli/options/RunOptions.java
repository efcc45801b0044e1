package dev.reflux.cli.options;

import dev.reflux.common.failure.UsageException;
import dev.reflux.quickstart.Workspace;
import dev.reflux.quickstart.processes.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of commands that run the whole path in a folder. Confined to the thread of the command. */
public final class RunOptions {

    /** The log of the broker, the first versions and a checkpoint. */
    private static final long LEAST_BYTES = 256L << 20;

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

    /**
     * Takes the folder of a run for this process, and deletes the earlier run in it if {@code --fresh} was given.
     *
     * @return what gives the folder back
     * @throws UsageException when another run works in it, when it cannot be written, or when its disk is full; nothing has
     *     been touched then
     */
    public RunFolder open(Path out) {
        RunFolder folder = RunFolder.take(out);
        try {
            requireSpace(out, Files.getFileStore(out).getUsableSpace());
            if (fresh) {
                Workspace.clear(out);
            }
            return folder;
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    static void requireSpace(Path out, long usable) {
        if (usable < LEAST_BYTES) {
            throw new UsageException("The disk of the folder " + out + " has " + (usable >> 20)
                    + " MiB left and a run needs at least " + (LEAST_BYTES >> 20)
                    + " MiB; make room or choose another --out.");
        }
    }
}
