package dev.reflux.common.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes PNG files of every kind by the specification's text alone, so that a decoder's pixels can be compared with samples
 * that no library has touched.
 */
public final class PlainPng {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    /** Start and step of Adam7's passes: x, y, dx, dy. */
    private static final int[][] ADAM7 = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private final int width;
    private final int height;
    private final int depth;
    private final int colorType;
    private final boolean interlaced;
    private final ByteArrayOutputStream before = new ByteArrayOutputStream();
    private final ByteArrayOutputStream after = new ByteArrayOutputStream();

    public PlainPng(int width, int height, int depth, int colorType, boolean interlaced) {
        this.width = width;
        this.height = height;
        this.depth = depth;
        this.colorType = colorType;
        this.interlaced = interlaced;
    }

    /** Adds a chunk before the pixels. */
    public PlainPng with(String type, byte... data) {
        before.writeBytes(chunk(type, data));
        return this;
    }

    /** Adds a chunk behind the pixels. */
    public PlainPng withLate(String type, byte... data) {
        after.writeBytes(chunk(type, data));
        return this;
    }

    int channels() {
        return new int[] {1, 0, 3, 1, 2, 0, 4}[colorType];
    }

    /** Returns the file. Samples are row by row, channel by channel, each of the depth. */
    public byte[] file(int... samples) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        out.writeBytes(chunk(
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) colorType)
                        .put(new byte[] {0, 0, (byte) (interlaced ? 1 : 0)})
                        .array()));
        out.writeBytes(before.toByteArray());
        byte[] data = deflated(rows(samples));
        int half = data.length / 2;
        out.writeBytes(chunk("IDAT", java.util.Arrays.copyOf(data, half)));
        out.writeBytes(chunk("IDAT", java.util.Arrays.copyOfRange(data, half, data.length)));
        out.writeBytes(after.toByteArray());
        out.writeBytes(chunk("IEND"));
        return out.toByteArray();
    }

    private byte[] rows(int[] samples) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        int[][] passes = interlaced ? ADAM7 : new int[][] {{0, 0, 1, 1}};
        int filter = 0;
        for (int[] pass : passes) {
            byte[] above = new byte[0];
            for (int y = pass[1]; y < height; y += pass[3]) {
                byte[] row = row(samples, y, pass[0], pass[2]);
                if (row.length > 0) {
                    rows.writeBytes(filtered(filter, row, above.length == 0 ? new byte[row.length] : above));
                    filter = (filter + 1) % 5;
                    above = row;
                }
            }
        }
        return rows.toByteArray();
    }

    private byte[] row(int[] samples, int y, int from, int step) {
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        int bits = 0;
        int filled = 0;
        for (int x = from; x < width; x += step) {
            for (int c = 0; c < channels(); c++) {
                int sample = samples[(y * width + x) * channels() + c];
                if (depth == 16) {
                    row.write(sample >> 8);
                    row.write(sample);
                } else {
                    bits = bits << depth | sample;
                    filled += depth;
                    if (filled == 8) {
                        row.write(bits);
                        bits = 0;
                        filled = 0;
                    }
                }
            }
        }
        if (filled > 0) {
            row.write(bits << (8 - filled));
        }
        return row.toByteArray();
    }

    private byte[] filtered(int filter, byte[] row, byte[] above) {
        int back = Math.max(1, channels() * depth / 8);
        byte[] out = new byte[row.length + 1];
        out[0] = (byte) filter;
        for (int i = 0; i < row.length; i++) {
            int a = i < back ? 0 : row[i - back] & 0xFF;
            int b = above[i] & 0xFF;
            int c = i < back ? 0 : above[i - back] & 0xFF;
            int guess =
                    switch (filter) {
                        case 1 -> a;
                        case 2 -> b;
                        case 3 -> (a + b) / 2;
                        case 4 -> paeth(a, b, c);
                        default -> 0;
                    };
            out[i + 1] = (byte) (row[i] - guess);
        }
        return out;
    }

    private static int paeth(int a, int b, int c) {
        int p = a + b - c;
        int pa = Math.abs(p - a);
        int pb = Math.abs(p - b);
        int pc = Math.abs(p - c);
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    static byte[] chunk(String type, byte... data) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + data.length);
        chunk.putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + data.length);
        return chunk.putInt((int) crc.getValue()).array();
    }
}
