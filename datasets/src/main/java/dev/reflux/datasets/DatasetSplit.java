package dev.reflux.datasets;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import java.util.Optional;
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

    /** Returns the frames that have a label, in stream order, read one by one. The caller closes the stream. */
    public Stream<Frame> labeledFrames() {
        return frames().filter(Frame::labeled);
    }

    /**
     * Returns the number of frames that have a label, at least one.
     *
     * @throws UsageException when no frame has one
     */
    public int requireLabels() {
        int labeled = dataset.labeledCount(name);
        if (labeled == 0) {
            throw new UsageException("No frame of the split \"" + name + "\" of the data set " + dataset.id()
                    + " has a label, and nothing can be learned from labels or scored without any; add some, or give "
                    + "another split.");
        }
        return labeled;
    }

    /** Returns a sentence on the frames that {@link #labeledFrames} leaves out; empty when every frame has a label. */
    public Optional<String> leftOut() {
        int without = count() - dataset.labeledCount(name);
        return without == 0
                ? Optional.empty()
                : Optional.of(without + " of " + count() + " frames of " + name
                        + (without == 1 ? " has no label and is" : " have no label and are") + " left out.");
    }
}
