package dev.reflux.registry.format.delta;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/** A zip archive whose entries are stored without compression, as in TorchScript: entries can be rewritten in place. */
final class StoredZip {

    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int END_LENGTH = 22;
    private static final int HAS_DESCRIPTOR = 8;

    /**
     * An entry.
     *
     * @param name the path in the archive
     * @param central the offset of its header in the directory
     * @param local the offset of its own header
     * @param start the offset of its bytes
     * @param length the number of its bytes
     * @param descriptor whether its checksum follows its bytes too
     */
    record Entry(String name, int central, int local, int start, int length, boolean descriptor) {}

    private final ByteBuffer bytes;
    private final List<Entry> entries = new ArrayList<>();

    /**
     * Reads the directory of an archive, whose bytes {@link #rewrite} changes.
     *
     * @throws DeltaException when the bytes are no such archive
     */
    StoredZip(byte[] archive) {
        bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int end = archive.length - END_LENGTH;
            while (bytes.getInt(end) != END) {
                end--;
            }
            int count = Short.toUnsignedInt(bytes.getShort(end + 10));
            int at = bytes.getInt(end + 16);
            for (int i = 0; i < count; i++) {
                at = add(at);
            }
            // Entries do not overlap: together they are no longer than what is there.
            if (entries.stream().mapToLong(Entry::length).sum() > archive.length) {
                throw new DeltaException("The student's zip archive has entries that overlap.");
            }
        } catch (IndexOutOfBoundsException e) {
            throw new DeltaException("The student is no zip archive as TorchScript writes it.", e);
        }
    }

    private int add(int at) {
        if (bytes.getInt(at) != CENTRAL) {
            throw new DeltaException("The student's zip archive has a directory that cannot be read.");
        }
        int local = bytes.getInt(at + 42);
        int start = local + 30 + unsigned(local + 26) + unsigned(local + 28);
        if (unsigned(at + 10) == 0) {
            String name = new String(bytes.array(), at + 46, unsigned(at + 28), StandardCharsets.UTF_8);
            boolean descriptor = (unsigned(at + 8) & HAS_DESCRIPTOR) != 0;
            int length = bytes.getInt(at + 24);
            long end = (long) start + length + (descriptor ? 2 * Integer.BYTES : 0);
            if (local < 0 || length < 0 || end > bytes.capacity()) {
                throw new DeltaException("The student's zip archive has an entry that lies outside of it.");
            }
            entries.add(new Entry(name, at, local, start, length, descriptor));
        }
        return at + 46 + unsigned(at + 28) + unsigned(at + 30) + unsigned(at + 32);
    }

    private int unsigned(int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }

    byte[] content(Entry entry) {
        return Arrays.copyOfRange(bytes.array(), entry.start(), entry.start() + entry.length());
    }

    /** Replaces the bytes of an entry by others of the same length, and its checksums. */
    void rewrite(Entry entry, byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        int sum = (int) crc.getValue();
        bytes.put(entry.start(), content);
        bytes.putInt(entry.central() + 16, sum);
        if (entry.descriptor()) {
            int behind = entry.start() + entry.length();
            bytes.putInt(bytes.getInt(behind) == DESCRIPTOR ? behind + 4 : behind, sum);
        }
        if (!entry.descriptor() || bytes.getInt(entry.local() + 14) != 0) {
            bytes.putInt(entry.local() + 14, sum);
        }
    }
}
