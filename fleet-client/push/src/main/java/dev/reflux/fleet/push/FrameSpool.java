package dev.reflux.fleet.push;

import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Frames on disk, in order, one file each; and the position of the push.
 *
 * <ol>
 *   <li>A frame is visible whole or not at all: it is written to another name, forced to disk and renamed.
 *   <li>Frames survive the process; a new spool in the same folder continues where the old one was.
 *   <li>Frames that the brokers refuse lie in the folder {@code set-aside}, up to the capacity of the spool.
 * </ol>
 *
 * One owner thread.
 */
final class FrameSpool {

    private static final String ENDING = ".frame";
    private static final String POSITION = "position";
    private static final String SET_ASIDE = "set-aside";

    private final Path folder;
    private final long capacity;
    private final Deque<Path> waiting = new ArrayDeque<>();
    private long bytes;
    private long next;
    private long asideBytes;

    /**
     * A frame on disk.
     *
     * @param file its file
     * @param value its bytes
     */
    record Spooled(Path file, byte[] value) {}

    private FrameSpool(Path folder, long capacity) {
        this.folder = folder;
        this.capacity = capacity;
    }

    /**
     * Opens a spool.
     *
     * @throws UsageException when the folder cannot be created or read
     */
    static FrameSpool open(Path folder, long capacity) {
        FrameSpool spool = new FrameSpool(folder, capacity);
        try {
            Files.createDirectories(folder);
            List<Path> found;
            try (Stream<Path> files = Files.list(folder)) {
                found = files.filter(file -> file.toString().endsWith(ENDING))
                        .sorted()
                        .toList();
            }
            for (Path file : found) {
                spool.waiting.add(file);
                spool.bytes += Files.size(file);
                spool.next = number(file) + 1;
            }
            Path aside = folder.resolve(SET_ASIDE);
            if (Files.isDirectory(aside)) {
                try (Stream<Path> files = Files.list(aside)) {
                    for (Path file :
                            files.filter(one -> one.toString().endsWith(ENDING)).toList()) {
                        spool.asideBytes += Files.size(file);
                        spool.next = Math.max(spool.next, number(file) + 1);
                    }
                }
            }
            return spool;
        } catch (IOException e) {
            throw new UsageException(
                    "The spool folder " + folder + " cannot be used (" + e.getMessage() + "); give another one.", e);
        }
    }

    private static long number(Path file) {
        String name = String.valueOf(file.getFileName());
        return Long.parseLong(name.substring(0, name.length() - ENDING.length()));
    }

    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Returns whether a frame of this size would exceed the limit. An empty spool accepts a frame of any size. */
    boolean full(long more) {
        return !waiting.isEmpty() && bytes + more > capacity;
    }

    void add(byte[] frame) {
        Path file = folder.resolve(name());
        write(file, frame);
        waiting.addLast(file);
        bytes += frame.length;
        next++;
    }

    /** Returns the oldest frames, oldest first, up to a number; they stay until {@link #remove}. */
    List<Spooled> first(int count) {
        return waiting.stream()
                .limit(count)
                .map(file -> new Spooled(file, read(file)))
                .toList();
    }

    /** Deletes a frame that the brokers have. */
    void remove(Spooled frame) {
        waiting.remove(frame.file());
        bytes -= frame.value().length;
        try {
            Files.delete(frame.file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Keeps a frame that the brokers refuse, where no push looks for it.
     *
     * @return its file; empty if the frames that were set aside fill the capacity already
     */
    Optional<Path> setAside(byte[] frame) {
        if (asideBytes + frame.length > capacity) {
            return Optional.empty();
        }
        Path aside = folder.resolve(SET_ASIDE);
        try {
            Files.createDirectories(aside);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path file = aside.resolve(name());
        write(file, frame);
        asideBytes += frame.length;
        next++;
        return Optional.of(file);
    }

    private String name() {
        return String.format(Locale.ROOT, "%012d", next) + ENDING;
    }

    /** Records that the messages before a position are settled. */
    void settled(String plan, long position) {
        write(folder.resolve(POSITION), (position + " " + plan).getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the recorded position of the push of this name; 0 for another name. */
    long position(String plan) {
        try {
            String[] parts = Files.readString(folder.resolve(POSITION)).split(" ", 2);
            return parts.length == 2 && parts[1].equals(plan) ? Long.parseLong(parts[0]) : 0;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException | NumberFormatException e) {
            throw new UsageException(
                    "The spool's position file " + folder.resolve(POSITION) + " cannot be read; remove it.", e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] content) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, content);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            try {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
