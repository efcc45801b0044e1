package dev.reflux.common.image;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * Pixels out of a raster of the JDK, sample by sample. Java2D is never asked to draw: it would blend alpha with black and
 * convert between color spaces, and the numbers of the file would change.
 */
final class Samples {

    private Samples() {}

    /** Returns three 8-bit bands as RGB. */
    static byte[] rgb(Raster raster) {
        Bytes in = Bytes.of(raster);
        int red = in.offsets[0];
        int green = in.offsets[1];
        int blue = in.offsets[2];
        byte[] data = in.data;
        byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
        boolean reversed = red == 2 && green == 1 && blue == 0 && in.pixelBytes == 3;
        if (reversed && data.length == rgb.length) {
            // The usual layout of the JDK's decoders, in a loop that the compiler knows the bounds of.
            for (int i = 0; i < rgb.length; i += 3) {
                rgb[i] = data[i + 2];
                rgb[i + 1] = data[i + 1];
                rgb[i + 2] = data[i];
            }
            return rgb;
        }
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = y * in.rowBytes;
            for (int x = 0; x < raster.getWidth(); x++, from += in.pixelBytes) {
                rgb[to++] = data[from + red];
                rgb[to++] = data[from + green];
                rgb[to++] = data[from + blue];
            }
        }
        return rgb;
    }

    /**
     * Returns four 8-bit bands of ink as RGB, without a color profile: each color is what its ink and black let through.
     *
     * @param inverted whether 255 means no ink, as Adobe writes it
     */
    static byte[] rgbOfInk(Raster raster, boolean inverted) {
        Bytes in = Bytes.of(raster);
        int flip = inverted ? 0 : 255;
        byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = y * in.rowBytes;
            for (int x = 0; x < raster.getWidth(); x++, from += in.pixelBytes) {
                int black = (in.data[from + in.offsets[3]] & 0xFF) ^ flip;
                for (int band = 0; band < 3; band++) {
                    int color = (in.data[from + in.offsets[band]] & 0xFF) ^ flip;
                    rgb[to++] = (byte) ((color * black + 127) / 255);
                }
            }
        }
        return rgb;
    }

    /** Replaces Y, Cb and Cr by the inks C, M and Y, as JFIF's formula gives them; the band of black stays. */
    static void inkOfYcck(Raster raster) {
        Bytes in = Bytes.of(raster);
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = y * in.rowBytes;
            for (int x = 0; x < raster.getWidth(); x++, from += in.pixelBytes) {
                int luma = in.data[from + in.offsets[0]] & 0xFF;
                double cb = (in.data[from + in.offsets[1]] & 0xFF) - 128;
                double cr = (in.data[from + in.offsets[2]] & 0xFF) - 128;
                in.data[from + in.offsets[0]] = inverse(luma + 1.402 * cr);
                in.data[from + in.offsets[1]] = inverse(luma - 0.344136 * cb - 0.714136 * cr);
                in.data[from + in.offsets[2]] = inverse(luma + 1.772 * cb);
            }
        }
    }

    private static byte inverse(double value) {
        return (byte) (255 - Math.max(0, Math.min(255, Math.round(value))));
    }

    /** Returns one band of 8 bits, row by row. */
    static byte[] band(Raster raster) {
        Bytes in = Bytes.of(raster);
        if (in.pixelBytes == 1 && in.rowBytes == raster.getWidth() && in.offsets[0] == 0) {
            return in.data;
        }
        byte[] values = new byte[raster.getWidth() * raster.getHeight()];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            int from = y * in.rowBytes + in.offsets[0];
            for (int x = 0; x < raster.getWidth(); x++, from += in.pixelBytes) {
                values[to++] = in.data[from];
            }
        }
        return values;
    }

    /** Returns gray values as RGB. */
    static byte[] rgbOfGray(byte[] gray) {
        byte[] rgb = new byte[3 * gray.length];
        for (int i = 0, to = 0; i < gray.length; i++) {
            rgb[to++] = gray[i];
            rgb[to++] = gray[i];
            rgb[to++] = gray[i];
        }
        return rgb;
    }

    /** The memory of a raster of one byte a sample. */
    private record Bytes(byte[] data, int[] offsets, int pixelBytes, int rowBytes) {

        static Bytes of(Raster raster) {
            if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
                    && raster.getDataBuffer() instanceof DataBufferByte buffer
                    && buffer.getOffset() == 0) {
                return new Bytes(
                        buffer.getData(), model.getBandOffsets(), model.getPixelStride(), model.getScanlineStride());
            }
            throw new IllegalStateException("the decoder returned " + raster);
        }
    }
}
