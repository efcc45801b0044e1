package dev.reflux.common.image;

import java.io.IOException;

/** An image file whose header is read and whose pixels are not. Immutable. */
sealed interface PictureFile permits JpegFile, PngFile {

    /** Returns the size as stored, before any turn. */
    ImageSize size();

    /** Returns the bytes that the decoder takes for one pixel. */
    int bytesPerPixel();

    /** Returns the turn that the file asks for. */
    Orientation orientation();

    /**
     * Returns the pixels as stored.
     *
     * @throws IOException when pixels are damaged or missing
     */
    RgbImage pixels() throws IOException;
}
