package dev.reflux.teacher.pretrain;

import dev.reflux.datasets.DatasetSplit;
import dev.reflux.datasets.Frame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Frames in one file that can be read in any order, as shuffled epochs need. A data set that is rendered is rendered once. The
 * file is deleted when the store is closed.
 *
 * <p>Threading: {@link #get} may be called from any thread.
 */
final class FrameStore implements AutoCloseable {

    /** A frame's image and label in their encoded form. */
    record Stored(String frameId, byte[] image, byte[] label) {}

    private record Entry(String frameId, long start, int imageBytes, int labelBytes) {}

    private final Path file;
    private final FileChannel channel;
    private final List<Entry> entries = new ArrayList<>();

    private FrameStore(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Copies all frames of a split that have a label.
     *
     * @param each called with every one of them once, in order
     */
    static FrameStore of(DatasetSplit frames, Path file, Consumer<Frame> each) {
        try {
            FrameStore store = new FrameStore(
                    file,
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE));
            try (Stream<Frame> stream = frames.labeledFrames()) {
                stream.forEachOrdered(frame -> {
                    each.accept(frame);
                    store.append(frame);
                });
            } catch (RuntimeException e) {
                store.close();
                throw e;
            }
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(Frame frame) {
        try {
            long start = channel.size();
            ByteBuffer both = ByteBuffer.allocate(frame.image().length + frame.label().length);
            both.put(frame.image()).put(frame.label()).flip();
            for (long at = start; both.hasRemaining(); ) {
                at += channel.write(both, at);
            }
            entries.add(new Entry(frame.frameId(), start, frame.image().length, frame.label().length));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of frames. */
    int count() {
        return entries.size();
    }

    Stored get(int index) {
        Entry entry = entries.get(index);
        return new Stored(
                entry.frameId(),
                read(entry.start(), entry.imageBytes()),
                read(entry.start() + entry.imageBytes(), entry.labelBytes()));
    }

    private byte[] read(long start, int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, start + buffer.position()) < 0) {
                    throw new IOException(file + " was truncated");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.array();
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
