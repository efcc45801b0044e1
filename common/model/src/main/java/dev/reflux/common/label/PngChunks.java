package dev.reflux.common.label;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Checks the checksum of every chunk of a PNG file. ImageIO accepts a wrong checksum and a missing end, and a label with
 * one changed byte would teach a wrong class.
 */
final class PngChunks {

    private static final int SIGNATURE_BYTES = 8;
    private static final int OVERHEAD_BYTES = 12;
    private static final int END = 0x49454E44;

    private PngChunks() {}

    static void requireWhole(byte[] png) throws RejectedFrameException {
        ByteBuffer file = ByteBuffer.wrap(png);
        CRC32 crc = new CRC32();
        int at = SIGNATURE_BYTES;
        while (at + OVERHEAD_BYTES <= png.length) {
            int length = file.getInt(at);
            if (length < 0 || length > png.length - at - OVERHEAD_BYTES) {
                break;
            }
            crc.reset();
            crc.update(png, at + 4, length + 4);
            if ((int) crc.getValue() != file.getInt(at + 8 + length)) {
                break;
            }
            if (file.getInt(at + 4) == END) {
                return;
            }
            at += length + OVERHEAD_BYTES;
        }
        throw new RejectedFrameException(
                Rejection.UNREADABLE_LABEL, "The label PNG is damaged or truncated at byte " + at + ".");
    }
}
