package dev.reflux.lab.logits;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.tensor.LogitMap;

/**
 * An encoding of a teacher's tensor.
 *
 * <ol>
 *   <li>{@link #decode} needs only the output of {@link #encode}.
 *   <li>The decoded map is finite and has all classes. Its grid may be coarser, because a trainer resamples it.
 *   <li>Stateless and thread-safe.
 * </ol>
 */
public interface LogitEncoding {

    /** Returns the name, one word. */
    String name();

    /** Encodes a map into the product's own message, so that sizes can be compared. */
    Tensor encode(LogitMap map);

    /** @throws RejectedFrameException if the tensor was not written by this encoding */
    LogitMap decode(Tensor tensor) throws RejectedFrameException;

    /** Returns a map after encoding and decoding. */
    default LogitMap seen(LogitMap map) {
        try {
            return decode(encode(map));
        } catch (RejectedFrameException e) {
            throw new IllegalStateException(name() + " cannot decode its own output", e);
        }
    }
}
