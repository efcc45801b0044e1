package dev.reflux.common.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes JPEG files whose blocks of 8x8 pixels each have one color, by the specification's text alone. Quantization is by 1,
 * so a decoder must give back the very samples.
 */
final class FlatJpeg {

    /** A component: its id, its sampling factors, and the samples of its blocks, row by row. */
    record Component(int id, int across, int down, int[] blocks) {}

    private final int width;
    private final int height;
    private final List<Component> components = new ArrayList<>();
    private final ByteArrayOutputStream markers = new ByteArrayOutputStream();
    private boolean progressive;
    private int restartEvery;
    private byte[] strayBytes = {};
    private int precision = 8;
    private int frameMarker = -1;

    FlatJpeg(int width, int height) {
        this.width = width;
        this.height = height;
    }

    FlatJpeg component(int id, int across, int down, int... blocks) {
        components.add(new Component(id, across, down, blocks));
        return this;
    }

    FlatJpeg progressive() {
        progressive = true;
        return this;
    }

    /** Restarts after so many units, with bytes too many before each restart marker. */
    FlatJpeg restarts(int every, byte... stray) {
        restartEvery = every;
        strayBytes = stray;
        return this;
    }

    FlatJpeg precision(int bits) {
        precision = bits;
        return this;
    }

    /** Names another kind of frame than the one that is written. */
    FlatJpeg frame(int marker) {
        frameMarker = marker;
        return this;
    }

    FlatJpeg jfif() {
        return segment(0xE0, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
    }

    FlatJpeg adobe(int transform) {
        return segment(0xEE, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, transform);
    }

    FlatJpeg exif(byte[] tiff) {
        byte[] data = new byte[6 + tiff.length];
        System.arraycopy("Exif\0\0".getBytes(StandardCharsets.US_ASCII), 0, data, 0, 6);
        System.arraycopy(tiff, 0, data, 6, tiff.length);
        write(markers, 0xE1, data);
        return this;
    }

    FlatJpeg segment(int marker, int... data) {
        write(markers, marker, bytes(data));
        return this;
    }

    byte[] file() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(0xFF, 0xD8));
        out.writeBytes(markers.toByteArray());
        byte[] ones = new byte[65];
        java.util.Arrays.fill(ones, 1, 65, (byte) 1);
        write(out, 0xDB, ones);
        write(out, frameMarker >= 0 ? frameMarker : progressive ? 0xC2 : 0xC0, frame());
        // Twelve categories of four bits each, and one symbol of one bit: the end of a block.
        write(
                out,
                0xC4,
                bytes(0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        write(out, 0xC4, bytes(0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        if (restartEvery > 0) {
            write(out, 0xDD, bytes(0, restartEvery));
        }
        scan(out, components, 0, progressive ? 0 : 63);
        if (progressive) {
            components.forEach(component -> scan(out, List.of(component), 1, 63));
        }
        out.writeBytes(bytes(0xFF, 0xD9));
        return out.toByteArray();
    }

    private byte[] frame() {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(bytes(precision, height >> 8, height, width >> 8, width, components.size()));
        components.forEach(c -> frame.writeBytes(bytes(c.id(), c.across() << 4 | c.down(), 0)));
        return frame.toByteArray();
    }

    private void scan(ByteArrayOutputStream out, List<Component> of, int first, int last) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.write(of.size());
        of.forEach(c -> header.writeBytes(bytes(c.id(), 0)));
        header.writeBytes(bytes(first, last, 0));
        write(out, 0xDA, header.toByteArray());
        Bits bits = new Bits(out);
        int most = components.stream().mapToInt(Component::across).max().orElse(1);
        int deepest = components.stream().mapToInt(Component::down).max().orElse(1);
        boolean alone = of.size() == 1;
        int unitsAcross = alone ? blocksAcross(of.get(0), most) : ceil(width, 8 * most);
        int unitsDown = alone ? blocksDown(of.get(0), deepest) : ceil(height, 8 * deepest);
        int[] previous = new int[of.size()];
        int restart = 0;
        for (int unit = 0; unit < unitsAcross * unitsDown; unit++) {
            if (restartEvery > 0 && unit > 0 && unit % restartEvery == 0) {
                bits.flush();
                out.writeBytes(strayBytes);
                out.writeBytes(bytes(0xFF, 0xD0 + restart++ % 8));
                java.util.Arrays.fill(previous, 0);
            }
            for (int c = 0; c < of.size(); c++) {
                Component component = of.get(c);
                int across = alone ? 1 : component.across();
                int down = alone ? 1 : component.down();
                for (int y = 0; y < down; y++) {
                    for (int x = 0; x < across; x++) {
                        if (first == 0) {
                            int column = unit % unitsAcross * across + x;
                            int row = unit / unitsAcross * down + y;
                            int value = 8 * (sample(component, column, row, most, deepest) - 128);
                            direct(bits, value - previous[c]);
                            previous[c] = value;
                        }
                        if (last > 0) {
                            bits.put(0, 1);
                        }
                    }
                }
            }
        }
        bits.flush();
    }

    private int sample(Component component, int column, int row, int most, int deepest) {
        int across = blocksAcross(component, most);
        int x = Math.min(column, across - 1);
        int y = Math.min(row, blocksDown(component, deepest) - 1);
        return component.blocks()[component.blocks().length == 1 ? 0 : y * across + x];
    }

    private int blocksAcross(Component component, int most) {
        return ceil(ceil(width * component.across(), most), 8);
    }

    private int blocksDown(Component component, int deepest) {
        return ceil(ceil(height * component.down(), deepest), 8);
    }

    private static void direct(Bits bits, int difference) {
        int category = 32 - Integer.numberOfLeadingZeros(Math.abs(difference));
        bits.put(category, 4);
        bits.put(difference < 0 ? difference - 1 & (1 << category) - 1 : difference, category);
    }

    private static int ceil(int value, int by) {
        return (value + by - 1) / by;
    }

    private static void write(ByteArrayOutputStream out, int marker, byte[] data) {
        out.writeBytes(bytes(0xFF, marker, data.length + 2 >> 8, data.length + 2));
        out.writeBytes(data);
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Entropy-coded bits, with a zero behind each 0xFF. */
    private static final class Bits {
        private final ByteArrayOutputStream out;
        private int held;
        private int count;

        Bits(ByteArrayOutputStream out) {
            this.out = out;
        }

        void put(int value, int bits) {
            for (int i = bits - 1; i >= 0; i--) {
                held = held << 1 | value >> i & 1;
                if (++count == 8) {
                    out.write(held);
                    if ((held & 0xFF) == 0xFF) {
                        out.write(0);
                    }
                    held = 0;
                    count = 0;
                }
            }
        }

        void flush() {
            while (count > 0) {
                put(1, 1);
            }
        }
    }
}
