package dev.reflux.common.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a camera was held, by the EXIF tag 0x0112: the turn that makes a stored image upright. Immutable; any thread. */
enum Orientation {
    UPRIGHT,
    MIRRORED,
    UPSIDE_DOWN,
    MIRRORED_UPSIDE_DOWN,
    TRANSPOSED,
    TURN_RIGHT,
    TRANSVERSED,
    TURN_LEFT;

    private static final int TAG = 0x0112;
    private static final int TYPE_SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    /**
     * Returns the orientation that EXIF data give; upright where they give none, or one that does not exist.
     *
     * @param file a file with TIFF data inside
     * @param from the first byte of the TIFF header
     * @param length number of bytes of the TIFF data
     */
    static Orientation ofTiff(byte[] file, int from, int length) {
        if (length < 8) {
            return UPRIGHT;
        }
        ByteBuffer tiff = ByteBuffer.wrap(file, from, length).slice();
        boolean little = tiff.get(0) == 'I';
        tiff.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (tiff.getShort(2) != 42 || directory < 8 || directory > length - 2) {
            return UPRIGHT;
        }
        int entries = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int at = directory + 2 + i * ENTRY_BYTES;
            if (at > length - ENTRY_BYTES) {
                return UPRIGHT;
            }
            if ((tiff.getShort(at) & 0xFFFF) == TAG && tiff.getShort(at + 2) == TYPE_SHORT) {
                int value = tiff.getShort(at + 8);
                return value >= 1 && value <= values().length ? values()[value - 1] : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private boolean swapsAxes() {
        return compareTo(TRANSPOSED) >= 0;
    }

    /** Returns the size of an upright image. */
    ImageSize turn(ImageSize stored) {
        return swapsAxes() ? new ImageSize(stored.height(), stored.width()) : stored;
    }

    /** Returns the upright image. */
    RgbImage turn(RgbImage stored) {
        if (this == UPRIGHT) {
            return stored;
        }
        int right = stored.width() - 1;
        int bottom = stored.height() - 1;
        ImageSize size = turn(stored.size());
        byte[] from = stored.rgb();
        byte[] to = new byte[from.length];
        int at = 0;
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                int column =
                        switch (this) {
                            case UPRIGHT, MIRRORED_UPSIDE_DOWN -> x;
                            case MIRRORED, UPSIDE_DOWN -> right - x;
                            case TRANSPOSED, TURN_RIGHT -> y;
                            case TRANSVERSED, TURN_LEFT -> right - y;
                        };
                int row =
                        switch (this) {
                            case UPRIGHT, MIRRORED -> y;
                            case UPSIDE_DOWN, MIRRORED_UPSIDE_DOWN -> bottom - y;
                            case TRANSPOSED, TURN_LEFT -> x;
                            case TURN_RIGHT, TRANSVERSED -> bottom - x;
                        };
                int source = 3 * (row * stored.width() + column);
                to[at++] = from[source];
                to[at++] = from[source + 1];
                to[at++] = from[source + 2];
            }
        }
        return new RgbImage(size.width(), size.height(), to);
    }
}
