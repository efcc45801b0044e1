package dev.reflux.common.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A JPEG file, read by the JDK's libjpeg. The decoder gets a header that is written anew: the tables and the frame of the
 * file, and one marker that says what its components are. It therefore never sees profiles, thumbnails or comments, and
 * never guesses colors. docs/images.md has the policy.
 */
final class JpegFile implements PictureFile {

    private static final int SOS = 0xDA;
    private static final int PROGRESSIVE = 0xC2;
    /** More than any encoder makes; a scan of a large image is a few kilobytes and costs as much as decoding it. */
    private static final int MAX_SCANS = 100;

    private static final byte[] SAYS_YCC = {
        (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };
    private static final byte[] SAYS_AS_STORED = {
        (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final byte[] file;
    private final JpegHeader header;

    private JpegFile(byte[] file, JpegHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Reads a header.
     *
     * @throws IOException when it is damaged, or of a kind that is not supported
     */
    static JpegFile of(byte[] file) throws IOException {
        JpegHeader header = JpegHeader.of(file);
        if (header.frameKind() == PROGRESSIVE) {
            requireFewScans(file, header.scanAt());
        }
        return new JpegFile(file, header);
    }

    private static void requireFewScans(byte[] file, int from) throws IOException {
        int scans = 0;
        for (int i = from; i + 1 < file.length; i++) {
            if (file[i] == (byte) 0xFF && file[i + 1] == (byte) SOS && ++scans > MAX_SCANS) {
                throw new IOException("it has more than " + MAX_SCANS + " scans");
            }
        }
    }

    @Override
    public ImageSize size() {
        return header.size();
    }

    @Override
    public int bytesPerPixel() {
        return header.colors().components();
    }

    @Override
    public Orientation orientation() {
        return header.orientation();
    }

    @Override
    public RgbImage pixels() throws IOException {
        JpegHeader.Colors colors = header.colors();
        boolean ink = colors.components() == 4;
        Raster raster = read(rewritten(colors == JpegHeader.Colors.YCC || colors == JpegHeader.Colors.GRAY), ink);
        if (raster.getWidth() != size().width()
                || raster.getHeight() != size().height()
                || raster.getNumBands() != colors.components()) {
            throw new IOException("its header and its pixels disagree");
        }
        if (colors == JpegHeader.Colors.ADOBE_YCCK) {
            Samples.inkOfYcck(raster);
        }
        byte[] rgb =
                switch (colors) {
                    case GRAY -> Samples.rgbOfGray(Samples.band(raster));
                    case YCC, RGB -> Samples.rgb(raster);
                    case CMYK -> Samples.rgbOfInk(raster, false);
                    case ADOBE_CMYK, ADOBE_YCCK -> Samples.rgbOfInk(raster, true);
                };
        return new RgbImage(raster.getWidth(), raster.getHeight(), rgb);
    }

    private byte[] rewritten(boolean ycc) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(file.length + SAYS_YCC.length);
        out.write(file, 0, 2);
        out.writeBytes(ycc ? SAYS_YCC : SAYS_AS_STORED);
        header.kept().forEach(segment -> out.write(file, segment.from(), segment.length()));
        out.write(file, header.scanAt(), file.length - header.scanAt());
        return out.toByteArray();
    }

    private static Raster read(byte[] jpeg, boolean raw) throws IOException {
        ImageReader reader = ImageFormat.JPEG.reader();
        try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg))) {
            LossWatch watch = new LossWatch();
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener(watch);
            Raster raster = raw ? reader.readRaster(0, null) : reader.read(0).getRaster();
            watch.requireWhole();
            return raster;
        } finally {
            reader.dispose();
        }
    }
}
