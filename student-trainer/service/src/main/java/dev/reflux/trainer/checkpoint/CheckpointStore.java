package dev.reflux.trainer.checkpoint;

import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one trainer, in a folder of its own.
 *
 * <ol>
 *   <li>A checkpoint exists whole or not at all, also after a power failure: it is written to another name, forced to disk,
 *       renamed, and the folder is forced to disk.
 *   <li>The last two checkpoints are kept. A damaged one is skipped with a warning; once an older one has been found whole,
 *       the damaged one is renamed, so that it does not count among the two.
 * </ol>
 *
 * The training thread only.
 */
public final class CheckpointStore {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);
    private static final Pattern NAME = Pattern.compile("checkpoint-([0-9]{1,18})\\.rfx");
    private static final String DAMAGED = ".damaged";
    private static final int KEPT = 2;

    private final Path folder;
    private long last;

    /**
     * Opens the folder, and creates it if it does not exist.
     *
     * @throws UsageException if the folder cannot be created
     */
    public CheckpointStore(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UsageException(
                    "The checkpoint folder " + folder
                            + " cannot be created; set trainer.checkpoint.folder to another one.",
                    e);
        }
        this.last =
                newestFirst().stream().findFirst().map(CheckpointStore::number).orElse(0L);
    }

    /**
     * Writes a checkpoint, and deletes all but the last two.
     *
     * @throws UsageException if the file cannot be written; the checkpoints before it are untouched
     */
    public void write(TrainerCheckpoint checkpoint) {
        long number = last + 1;
        // The same name in every locale: some write numbers with digits of their own.
        Path target = folder.resolve(String.format(Locale.ROOT, "checkpoint-%010d.rfx", number));
        Path part = folder.resolve(target.getFileName() + ".part");
        try {
            try (FileChannel file = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                CheckpointFile.write(checkpoint, Channels.newOutputStream(file));
                file.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            force(folder);
            last = number;
            for (Path old : newestFirst().stream().skip(KEPT).toList()) {
                Files.delete(old);
            }
        } catch (IOException e) {
            throw new UsageException(
                    "The checkpoint " + target + " cannot be written (" + e.getMessage()
                            + "); free space for it or correct trainer.checkpoint.folder, and start again: the"
                            + " checkpoints before it are unharmed.",
                    e);
        }
    }

    /**
     * Returns the newest checkpoint that is not damaged; empty if there are no checkpoints.
     *
     * @throws UsageException if all checkpoints are damaged: a fresh start would discard the student
     */
    public Optional<TrainerCheckpoint> newest() {
        List<Path> files = newestFirst();
        List<Path> damaged = new ArrayList<>();
        for (Path file : files) {
            try {
                TrainerCheckpoint whole = CheckpointFile.read(file);
                damaged.forEach(this::putAside);
                return Optional.of(whole);
            } catch (IOException | RuntimeException e) {
                LOG.warn("Checkpoint {} is damaged and is not used: {}", file, e.getMessage());
                damaged.add(file);
            }
        }
        if (!files.isEmpty()) {
            throw new UsageException("No checkpoint in " + folder
                    + " is undamaged; restore one from a backup, or empty the folder to start afresh.");
        }
        return Optional.empty();
    }

    private void putAside(Path damaged) {
        try {
            Files.move(damaged, damaged.resolveSibling(name(damaged) + DAMAGED), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private List<Path> newestFirst() {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(file -> NAME.matcher(name(file)).matches())
                    .sorted(Comparator.comparingLong(CheckpointStore::number).reversed())
                    .toList();
        } catch (IOException e) {
            throw unusable(e);
        } catch (UncheckedIOException e) {
            throw unusable(e);
        }
    }

    private UsageException unusable(Exception cause) {
        return new UsageException(
                "The checkpoint folder " + folder + " cannot be used (" + cause.getMessage()
                        + "); correct its rights, or set trainer.checkpoint.folder to another one.",
                cause);
    }

    private static long number(Path file) {
        Matcher name = NAME.matcher(name(file));
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
