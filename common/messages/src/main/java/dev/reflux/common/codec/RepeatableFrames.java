package dev.reflux.common.codec;

import dev.reflux.common.message.LabeledFrame;
import java.util.stream.Stream;

/**
 * Messages that can be read again.
 *
 * <ol>
 *   <li>Every reading yields the same messages in the same order, so that a position in them is a number.
 *   <li>Two messages have the same frame id only if the second is the frame of the first again, with the label that the first
 *       lacks.
 * </ol>
 */
public interface RepeatableFrames {

    /** Returns a name that tells these messages from others, such as {@code camvid/train/0}. */
    String name();

    /** Returns the messages; the caller closes the stream. Each message is made as the stream is consumed. */
    Stream<LabeledFrame> messages();
}
