package dev.reflux.common.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the pixels of a JPEG file.
 *
 * @param frameKind the marker of the frame: 0xC0 or 0xC1 for sequential, 0xC2 for progressive
 * @param size the size as stored
 * @param colors what the components are
 * @param orientation the turn that EXIF asks for
 * @param kept the segments that pixels are made with: tables, restart interval and frame
 * @param scanAt the place of the first scan's marker
 */
record JpegHeader(
        int frameKind, ImageSize size, Colors colors, Orientation orientation, List<Segment> kept, int scanAt) {

    private static final int DHT = 0xC4;
    private static final int DAC = 0xCC;
    private static final int JPG = 0xC8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DRI = 0xDD;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;

    /** The meanings of components, with their number. */
    enum Colors {
        GRAY(1),
        YCC(3),
        RGB(3),
        CMYK(4),
        ADOBE_CMYK(4),
        ADOBE_YCCK(4);

        private final int components;

        Colors(int components) {
            this.components = components;
        }

        int components() {
            return components;
        }
    }

    /** A part of the file: marker, length and contents. */
    record Segment(int from, int length) {}

    JpegHeader {
        kept = List.copyOf(kept);
    }

    /**
     * Reads a header.
     *
     * @throws IOException when it is damaged, or of a kind that is not supported
     */
    static JpegHeader of(byte[] file) throws IOException {
        return new Reading(file).header();
    }

    /** One pass over the segments. Confined to one method. */
    private static final class Reading {

        private final byte[] file;
        private final List<Segment> kept = new ArrayList<>();
        private @Nullable Segment frame;
        private boolean jfif;
        private int adobeTransform = -1;
        private @Nullable Orientation orientation;

        Reading(byte[] file) {
            this.file = file;
        }

        JpegHeader header() throws IOException {
            int at = 2;
            while (true) {
                int marker = nextMarker(at);
                int code = file[marker + 1] & 0xFF;
                if (code == EOI) {
                    throw new IOException("it ends before its pixels");
                }
                at = marker + 2;
                if (code == 0x01 || (code >= 0xD0 && code <= 0xD8)) {
                    continue;
                }
                if (at + 2 > file.length || at + word(at) > file.length || word(at) < 2) {
                    throw new IOException("it ends in its header");
                }
                Segment segment = new Segment(marker, 2 + word(at));
                if (code == SOS) {
                    return headerBefore(marker);
                }
                take(code, segment);
                at += word(at);
            }
        }

        /** Finds the next marker; other bytes between segments are skipped, as libjpeg does. */
        private int nextMarker(int from) throws IOException {
            for (int at = from; at + 1 < file.length; at++) {
                boolean marks = file[at] == (byte) 0xFF && file[at + 1] != 0 && file[at + 1] != (byte) 0xFF;
                if (marks) {
                    return at;
                }
            }
            throw new IOException("it ends in its header");
        }

        private void take(int code, Segment segment) throws IOException {
            boolean ofFrame = code >= 0xC0 && code <= 0xCF && code != DHT && code != DAC && code != JPG;
            if (ofFrame) {
                requireSupported(code, segment);
                frame = segment;
            }
            if (ofFrame || code == DHT || code == DQT || code == DRI) {
                kept.add(segment);
            } else if (code == APP0 && says(segment, "JFIF\0")) {
                jfif = true;
            } else if (code == APP14 && says(segment, "Adobe") && segment.length() >= 16) {
                adobeTransform = file[segment.from() + 15] & 0xFF;
            } else if (code == APP1 && orientation == null && says(segment, "Exif\0")) {
                // The letters, a zero and a byte of padding stand before the TIFF data.
                orientation = Orientation.ofTiff(file, segment.from() + 10, segment.length() - 10);
            }
        }

        private void requireSupported(int code, Segment segment) throws IOException {
            if (frame != null) {
                throw new IOException("it has two frames");
            }
            if (code > 0xC2) {
                throw new IOException("its compression is "
                        + (code == 0xC3 ? "lossless" : code >= 0xC9 ? "arithmetic" : "hierarchical")
                        + "; send baseline or progressive JPEG");
            }
            int from = segment.from();
            if (segment.length() < 10 || segment.length() < 10 + 3 * (file[from + 9] & 0xFF)) {
                throw new IOException("its frame header is too short");
            }
            if (file[from + 4] != 8) {
                throw new IOException(
                        "it has " + (file[from + 4] & 0xFF) + " bits a sample; send 8, which all decoders read");
            }
            if (word(from + 5) == 0 || word(from + 7) == 0) {
                throw new IOException("it says a size of " + word(from + 7) + "x" + word(from + 5));
            }
        }

        private JpegHeader headerBefore(int scanAt) throws IOException {
            if (frame == null) {
                throw new IOException("it has pixels without a frame header");
            }
            int from = frame.from();
            return new JpegHeader(
                    file[from + 1] & 0xFF,
                    new ImageSize(word(from + 7), word(from + 5)),
                    colors(from),
                    orientation == null ? Orientation.UPRIGHT : orientation,
                    kept,
                    scanAt);
        }

        /** Decides as libjpeg does: JFIF first, then Adobe, then the ids of the components. */
        private Colors colors(int from) throws IOException {
            int components = file[from + 9] & 0xFF;
            return switch (components) {
                case 1 -> Colors.GRAY;
                case 3 -> {
                    boolean named = file[from + 10] == 'R' && file[from + 13] == 'G' && file[from + 16] == 'B';
                    boolean plain = !jfif && (adobeTransform == 0 || (adobeTransform < 0 && named));
                    yield plain ? Colors.RGB : Colors.YCC;
                }
                case 4 ->
                    adobeTransform < 0 ? Colors.CMYK : adobeTransform == 2 ? Colors.ADOBE_YCCK : Colors.ADOBE_CMYK;
                default ->
                    throw new IOException("it has " + components + " components a pixel; 1, 3 and 4 are supported");
            };
        }

        private boolean says(Segment segment, String letters) {
            if (segment.length() < 4 + letters.length()) {
                return false;
            }
            for (int i = 0; i < letters.length(); i++) {
                if (file[segment.from() + 4 + i] != letters.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        private int word(int at) {
            return (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF);
        }
    }
}
