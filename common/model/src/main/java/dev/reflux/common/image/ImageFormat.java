package dev.reflux.common.image;

import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * The formats that may be opened. A file's first bytes decide, so that no other reader of the JDK sees what a stranger
 * sent: a TIFF file of 662 bytes can exhaust the heap while its header is read.
 */
enum ImageFormat {
    JPEG("jpeg", (byte) 0xFF, (byte) 0xD8, (byte) 0xFF),
    PNG("png", (byte) 0x89, (byte) 'P', (byte) 'N', (byte) 'G', (byte) '\r', (byte) '\n', (byte) 0x1A, (byte) '\n');

    private final String readerName;
    private final byte[] signature;

    ImageFormat(String readerName, byte... signature) {
        this.readerName = readerName;
        this.signature = signature;
    }

    /** Returns the format of a file; empty where it is neither. */
    static Optional<ImageFormat> of(byte[] file) {
        return Arrays.stream(values()).filter(format -> format.signs(file)).findFirst();
    }

    /** Returns a new reader of the JDK for this format. */
    ImageReader reader() {
        return ImageIO.getImageReadersByFormatName(readerName).next();
    }

    private boolean signs(byte[] file) {
        return file.length >= signature.length
                && Arrays.equals(file, 0, signature.length, signature, 0, signature.length);
    }
}
