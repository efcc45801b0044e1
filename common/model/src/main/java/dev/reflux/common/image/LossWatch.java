package dev.reflux.common.image;

import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/**
 * Detects that pixels of a JPEG are lost: the reader makes them up and only warns. Bytes too many before a marker lose no
 * pixel; some cameras write them.
 */
final class LossWatch implements IIOReadWarningListener {

    private @Nullable String warning;

    @Override
    public void warningOccurred(ImageReader source, String text) {
        // Other warnings, such as those on color profiles, leave the pixels whole.
        boolean pixelsLost = text.contains("remature end")
                || (text.contains("orrupt JPEG data") && !text.contains("extraneous bytes before marker"));
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
