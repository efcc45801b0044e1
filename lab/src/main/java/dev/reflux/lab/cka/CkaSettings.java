package dev.reflux.lab.cka;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Path;

/**
 * The settings of the CKA benchmark.
 *
 * @param dataset the data set in the form of the command line
 * @param split the split
 * @param teacher the teacher's card
 * @param student the student's card
 * @param view the input size of both
 * @param frames number of frames, spread evenly over the split
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
