package dev.reflux.quickstart.processes;

import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder of a run, which one process has to itself. Confined to a thread. */
public final class RunFolder implements AutoCloseable {

    private static final String LOCK = "run.lock";

    private final Path folder;
    private final boolean made;
    private final FolderLock lock;

    private RunFolder(Path folder, boolean made, FolderLock lock) {
        this.folder = folder;
        this.made = made;
        this.lock = lock;
    }

    /**
     * Takes a folder, and makes it when it is absent.
     *
     * @throws UsageException if another run works in it, or if it cannot be written
     */
    public static RunFolder take(Path folder) {
        boolean made = Files.notExists(folder);
        try {
            Files.createDirectories(folder);
            return new RunFolder(
                    folder,
                    made,
                    FolderLock.acquire(
                            folder.resolve(LOCK),
                            "Another run works in the folder " + folder + "; end it first or choose another --out."));
        } catch (IOException e) {
            throw new UsageException("The folder " + folder + " cannot be written; choose another --out.", e);
        }
    }

    /** Gives the folder back. A run that was refused before it left anything leaves no folder either. */
    @Override
    public void close() {
        try {
            if (made && content().equals(List.of(folder.resolve(LOCK)))) {
                Files.delete(folder.resolve(LOCK));
                Files.delete(folder);
            }
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> content() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
