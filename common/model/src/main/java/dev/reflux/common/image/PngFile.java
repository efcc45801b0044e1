package dev.reflux.common.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A PNG file, read by the JDK. The decoder gets the header, the palette and the pixels only; no other chunk can change a
 * sample or cost memory. The checksums of these chunks and the end of the file are checked, which the JDK does not do: a
 * label with one changed byte would teach a wrong class. docs/images.md has the policy. Immutable; any thread.
 */
public final class PngFile implements PictureFile {

    /** Color types of the format. */
    private static final int GRAY = 0;

    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GRAY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    private static final int SIGNATURE_BYTES = 8;
    private static final int CHUNK_OVERHEAD = 12;
    private static final int HEADER_BYTES = 13;
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504C5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int EXIF = 0x65584966;
    /** A letter of a chunk's name in lower case says that a decoder may leave the chunk out. */
    private static final int ANCILLARY = 0x20000000;

    private final byte[] file;
    private final ImageSize size;
    private final int depth;
    private final int colorType;

    private PngFile(byte[] file, ImageSize size, int depth, int colorType) {
        this.file = file;
        this.size = size;
        this.depth = depth;
        this.colorType = colorType;
    }

    /**
     * Reads a header.
     *
     * @throws IOException when it is damaged
     */
    public static PngFile of(byte[] file) throws IOException {
        ByteBuffer header = ByteBuffer.wrap(file);
        boolean present = file.length >= SIGNATURE_BYTES + CHUNK_OVERHEAD + HEADER_BYTES
                && ImageFormat.of(file).filter(ImageFormat.PNG::equals).isPresent()
                && header.getInt(SIGNATURE_BYTES) == HEADER_BYTES
                && header.getInt(SIGNATURE_BYTES + 4) == IHDR
                && crcIsRight(file, SIGNATURE_BYTES, HEADER_BYTES);
        if (!present) {
            throw new IOException("it has no whole PNG header");
        }
        int width = header.getInt(16);
        int height = header.getInt(20);
        int depth = file[24];
        int colorType = file[25];
        if (width < 1
                || height < 1
                || !exists(depth, colorType)
                || file[26] != 0
                || file[27] != 0
                || file[28] >>> 1 != 0) {
            throw new IOException("its PNG header says " + width + "x" + height + " of " + depth
                    + " bits and color type " + colorType + ", which cannot be");
        }
        return new PngFile(file, new ImageSize(width, height), depth, colorType);
    }

    private static boolean exists(int depth, int colorType) {
        boolean power = depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
        return switch (colorType) {
            case GRAY -> power;
            case PALETTE -> power && depth <= 8;
            case RGB, GRAY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
    }

    @Override
    public ImageSize size() {
        return size;
    }

    /** Returns the bits of a sample: 1, 2, 4, 8 or 16. */
    public int depth() {
        return depth;
    }

    /** Returns the color type of the header: 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha. */
    public int colorType() {
        return colorType;
    }

    /** Returns whether a pixel is one sample: a gray value, or the place of a color in the palette. */
    public boolean hasOneChannel() {
        return colorType == GRAY || colorType == PALETTE;
    }

    @Override
    public int bytesPerPixel() {
        int channels =
                switch (colorType) {
                    case GRAY, PALETTE -> 1;
                    case GRAY_ALPHA -> 2;
                    case RGB -> 3;
                    default -> 4;
                };
        return depth == 16 ? 2 * channels : channels;
    }

    @Override
    public Orientation orientation() {
        Orientation[] found = {Orientation.UPRIGHT};
        try {
            chunks((type, at, length) -> {
                if (type == EXIF) {
                    found[0] = Orientation.ofTiff(file, at, length);
                }
            });
        } catch (IOException e) {
            // The pixels are refused for the same reason when they are read.
            return found[0];
        }
        return found[0];
    }

    /**
     * Returns the samples of a file of one channel of 8 bits as they are stored: a mark of transparency, a profile or a
     * palette changes none.
     *
     * @throws IOException when pixels are damaged or missing
     * @throws IllegalStateException when the file has another depth or other channels
     */
    public byte[] storedBytes() throws IOException {
        if (!hasOneChannel() || depth != 8) {
            throw new IllegalStateException("this PNG is not of one channel of 8 bits");
        }
        return Samples.band(read());
    }

    @Override
    public RgbImage pixels() throws IOException {
        byte[] rgb =
                switch (colorType) {
                    case PALETTE -> colors(samples(read()));
                    case GRAY, GRAY_ALPHA -> Samples.rgbOfGray(firstBand(read()));
                    default -> depth == 8 ? Samples.rgb(read()) : rgb16(read());
                };
        return new RgbImage(size.width(), size.height(), rgb);
    }

    private byte[] firstBand(Raster raster) {
        if (depth == 8) {
            return Samples.band(raster);
        }
        int most = (1 << depth) - 1;
        byte[] gray = new byte[size.width() * size.height()];
        int[] row = new int[size.width()];
        for (int y = 0, to = 0; y < size.height(); y++) {
            raster.getSamples(0, y, size.width(), 1, 0, row);
            for (int value : row) {
                gray[to++] = (byte) ((value * 255L + most / 2) / most);
            }
        }
        return gray;
    }

    private byte[] rgb16(Raster raster) {
        byte[] rgb = new byte[3 * size.width() * size.height()];
        int[] row = new int[size.width()];
        for (int band = 0; band < 3; band++) {
            for (int y = 0, to = band; y < size.height(); y++) {
                raster.getSamples(0, y, size.width(), 1, band, row);
                for (int value : row) {
                    rgb[to] = (byte) ((value * 255L + 32767) / 65535);
                    to += 3;
                }
            }
        }
        return rgb;
    }

    private byte[] samples(Raster raster) {
        if (depth == 8) {
            return Samples.band(raster);
        }
        byte[] places = new byte[size.width() * size.height()];
        int[] row = new int[size.width()];
        for (int y = 0, to = 0; y < size.height(); y++) {
            raster.getSamples(0, y, size.width(), 1, 0, row);
            for (int value : row) {
                places[to++] = (byte) value;
            }
        }
        return places;
    }

    private byte[] colors(byte[] places) throws IOException {
        int[] palette = new int[2];
        chunks((type, at, length) -> {
            if (type == PLTE) {
                palette[0] = at;
                palette[1] = length / 3;
            }
        });
        byte[] rgb = new byte[3 * places.length];
        for (int i = 0; i < places.length; i++) {
            int place = places[i] & 0xFF;
            if (place >= palette[1]) {
                throw new IOException("a pixel has color " + place + " of a palette of " + palette[1]);
            }
            System.arraycopy(file, palette[0] + 3 * place, rgb, 3 * i, 3);
        }
        return rgb;
    }

    private Raster read() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream(file.length);
        png.write(file, 0, SIGNATURE_BYTES);
        chunks((type, at, length) -> {
            if ((type & ANCILLARY) == 0) {
                png.write(file, at - SIGNATURE_BYTES, length + CHUNK_OVERHEAD);
            }
        });
        ImageReader reader = ImageFormat.PNG.reader();
        try (MemoryCacheImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(png.toByteArray()))) {
            reader.setInput(in, true, true);
            return reader.read(0).getRaster();
        } finally {
            reader.dispose();
        }
    }

    /** Sees a chunk: its type, the place of its data in the file, and their length. */
    private interface ChunkTaker {
        void take(int type, int at, int length);
    }

    /**
     * Walks over the chunks to the end.
     *
     * @throws IOException when one is damaged or unknown and needed, or the end is missing
     */
    private void chunks(ChunkTaker taker) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = SIGNATURE_BYTES;
        while (at + CHUNK_OVERHEAD <= file.length) {
            int length = bytes.getInt(at);
            int type = bytes.getInt(at + 4);
            boolean needed = (type & ANCILLARY) == 0;
            if (length < 0
                    || length > file.length - at - CHUNK_OVERHEAD
                    || (needed && !(known(type) && crcIsRight(file, at, length)))) {
                break;
            }
            taker.take(type, at + 8, length);
            if (type == IEND) {
                return;
            }
            at += length + CHUNK_OVERHEAD;
        }
        throw new IOException("it is damaged or truncated at byte " + at);
    }

    private static boolean known(int type) {
        return type == IHDR || type == PLTE || type == IDAT || type == IEND;
    }

    private static boolean crcIsRight(byte[] file, int at, int length) {
        CRC32 crc = new CRC32();
        crc.update(file, at + 4, length + 4);
        return (int) crc.getValue() == ByteBuffer.wrap(file).getInt(at + 8 + length);
    }
}
