package dev.reflux.common.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** Detects a truncated JPEG: the reader fills the missing pixels with gray and only warns. */
final class TruncationWatch implements IIOReadWarningListener {

    private @Nullable String warning;

    @Override
    public void warningOccurred(ImageReader source, String text) {
        // Other warnings, such as those on color profiles, leave the pixels whole.
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
