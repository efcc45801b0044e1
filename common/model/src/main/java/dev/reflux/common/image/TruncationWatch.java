package dev.reflux.common.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** A truncated JPEG is filled up with grey and only warned about; a frame like that must not teach anybody. */
final class TruncationWatch implements IIOReadWarningListener {

    private @Nullable String warning;

    @Override
    public void warningOccurred(ImageReader source, String text) {
        // Other warnings, of colour profiles say, leave the pixels whole.
        boolean pixelsLost = text.contains("remature end") || text.contains("orrupt JPEG data");
        if (pixelsLost && warning == null) {
            warning = text;
        }
    }

    void requireWhole() throws IOException {
        if (warning != null) {
            throw new IOException(warning);
        }
    }
}
