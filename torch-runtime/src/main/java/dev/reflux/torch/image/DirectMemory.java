package dev.reflux.torch.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reused memory outside of the heap, for the data of tensors. A direct buffer of its own for every tensor would be freed
 * only by a garbage collection that finds it, and the young collections of a nearly empty heap find few of them; the process
 * would grow with every step.
 *
 * <ol>
 *   <li>The memory grows to the largest request and never shrinks.
 *   <li>The result of {@link #of} is valid until the next call.
 * </ol>
 *
 * <p>Threading: one owner thread.
 */
public final class DirectMemory {

    private ByteBuffer memory = ByteBuffer.allocateDirect(0);

    /** Returns a buffer of the given size in native byte order, with undefined contents. */
    public ByteBuffer of(int bytes) {
        if (memory.capacity() < bytes) {
            memory = ByteBuffer.allocateDirect(bytes);
        }
        return memory.slice(0, bytes).order(ByteOrder.nativeOrder());
    }
}
