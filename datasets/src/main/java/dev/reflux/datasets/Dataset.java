package dev.reflux.datasets;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import java.util.List;
import java.util.stream.Stream;

/**
 * Frames in stream order, with their labels.
 *
 * <ol>
 *   <li>A split gives the same frames in the same order at every reading.
 *   <li>Frames are read or rendered one by one, as the stream is consumed. The caller closes the stream.
 *   <li>Splits share no frame.
 *   <li>A frame of a split that is scored has a label. In "train" a frame may have none.
 *   <li>Any thread may use a data set. A stream belongs to the thread that reads it.
 * </ol>
 */
public interface Dataset {

    /** Returns the name of the data set in reports, such as {@code camvid}. */
    String id();

    /** Returns the schema of the labels. */
    LabelSchema schema();

    /** Returns the size of the frames in pixels; of the first frame where sizes differ. */
    ImageSize size();

    /** Returns the names of the splits, "train" and "test" at least. */
    List<String> splits();

    /**
     * Returns the number of frames of a split.
     *
     * @param split name of the split
     * @throws dev.reflux.common.failure.UsageException when there is no such split
     */
    int count(String split);

    /**
     * Returns the number of frames of a split that have a label. This reads the frames; a data set that knows the number
     * without them gives its own.
     *
     * @param split name of the split
     * @throws dev.reflux.common.failure.UsageException when there is no such split; when a frame's file cannot be read
     */
    default int labeledCount(String split) {
        try (Stream<Frame> frames = frames(split)) {
            return (int) frames.filter(Frame::labeled).count();
        }
    }

    /**
     * Returns the frames of a split.
     *
     * @param split name of the split
     * @throws dev.reflux.common.failure.UsageException when there is no such split; while reading, when a frame's file
     *     cannot be read
     */
    Stream<Frame> frames(String split);

    /**
     * Looks through the files once. The catalog calls it when it opens a data set, so that what is odd is said before
     * anything is done. A data set that makes its frames itself has nothing to say.
     *
     * @param listener sees progress, and what is odd and can be lived with
     * @throws dev.reflux.common.failure.UsageException when the data set cannot be meant as it is
     */
    default void survey(SurveyListener listener) {}
}
