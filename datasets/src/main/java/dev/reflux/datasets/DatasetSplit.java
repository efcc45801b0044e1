package dev.reflux.datasets;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import java.util.stream.Stream;

/**
 * One split of a data set, such as its "train".
 *
 * @param dataset the data set that the split belongs to
 * @param name the split's name; figures that are measured on the split carry it
 */
public record DatasetSplit(Dataset dataset, String name) {

    /**
     * Checks that the data set has the split, and frames in it.
     *
     * @throws UsageException when it has not
     */
    public DatasetSplit {
        if (dataset.count(name) == 0) {
            throw new UsageException("The data set " + dataset.id() + " has no frame in its split \"" + name
                    + "\"; a figure of none would mean nothing.");
        }
    }

    /** Returns the schema of the labels. */
    public LabelSchema schema() {
        return dataset.schema();
    }

    /** Returns the number of frames, at least one. */
    public int count() {
        return dataset.count(name);
    }

    /** Returns the frames in stream order, read one by one. The caller closes the stream. */
    public Stream<Frame> frames() {
        return dataset.frames(name);
    }
}
