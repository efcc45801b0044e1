package dev.reflux.teacher.labelled;

import dev.reflux.common.label.LabelSchema;
import java.util.stream.Stream;

/**
 * Labelled frames that can be read more than once.
 *
 * <ol>
 *   <li>Every {@link #read} gives the same frames in the same order, {@link #count} of them.
 *   <li>Frames are read one by one: what is not held is not in memory.
 * </ol>
 */
public interface LabelledFrames {

    LabelSchema schema();

    int count();

    /** To be closed by who reads it. */
    Stream<LabelledFrame> read();
}
