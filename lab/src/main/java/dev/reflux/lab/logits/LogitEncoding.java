package dev.reflux.lab.logits;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.tensor.LogitMap;

/**
 * One way to write a teacher's tensor.
 *
 * <ol>
 *   <li>{@link #decode} needs nothing but what {@link #encode} wrote.
 *   <li>What comes back is finite and has all classes; its grid may be coarser, as a trainer resamples anyway.
 *   <li>Stateless and thread-safe.
 * </ol>
 */
public interface LogitEncoding {

    /** One word. */
    String name();

    /** In a message that the product's own would be: so its size can be held against theirs. */
    Tensor encode(LogitMap map);

    /** @throws RejectedFrameException when the tensor is none of this encoding's */
    LogitMap decode(Tensor tensor) throws RejectedFrameException;

    /** What a trainer would see of a map. */
    default LogitMap seen(LogitMap map) {
        try {
            return decode(encode(map));
        } catch (RejectedFrameException e) {
            throw new IllegalStateException(name() + " cannot read what it wrote", e);
        }
    }
}
