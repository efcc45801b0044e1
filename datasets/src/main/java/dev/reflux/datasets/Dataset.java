package dev.reflux.datasets;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import java.util.List;
import java.util.stream.Stream;

/**
 * Labelled frames in stream order.
 *
 * <ol>
 *   <li>A split gives the same frames in the same order at every reading.
 *   <li>Frames are read or rendered one by one, as the stream is consumed; a caller closes the stream.
 *   <li>Splits share no frame.
 * </ol>
 */
public interface Dataset {

    /** What was asked for, such as {@code camvid}; in reports. */
    String id();

    LabelSchema schema();

    /** The size of its frames; of the first one where they differ. */
    ImageSize size();

    /** "train" and "test" at least. */
    List<String> splits();

    /** @throws dev.reflux.common.failure.UsageException when there is no such split */
    int count(String split);

    /** @throws dev.reflux.common.failure.UsageException when there is no such split, or a frame's file cannot be read */
    Stream<Frame> frames(String split);
}
