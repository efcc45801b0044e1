package dev.reflux.lab.cka;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;

/**
 * What is compared.
 *
 * @param dataset as a command line names it
 * @param split of it
 * @param teacher its card
 * @param student its card
 * @param view the size at which both look
 * @param frames spread evenly over the split
 * @param torch threads and device
 */
public record CkaSettings(
        String dataset, String split, Path teacher, Path student, ImageSize view, int frames, TorchOptions torch) {

    public CkaSettings {
        if (frames < 1) {
            throw new UsageException("--frames is " + frames + "; give 1 or more.");
        }
    }
}
