package dev.reflux.torch.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory outside of the heap, used over and over: what a tensor is made around. A direct buffer of one's own for every
 * tensor would be given back only when a collection comes across it, and the young collections of a heap that is hardly
 * filled pass most of them by: a process would grow by what its steps have thrown away.
 *
 * <ol>
 *   <li>It grows to what was asked for at most, and never shrinks.
 *   <li>What {@link #of} returned is valid until its next call.
 * </ol>
 *
 * One owner thread.
 */
public final class DirectMemory {

    private ByteBuffer memory = ByteBuffer.allocateDirect(0);

    /** So many bytes in native order, with whatever lies in them. */
    public ByteBuffer of(int bytes) {
        if (memory.capacity() < bytes) {
            memory = ByteBuffer.allocateDirect(bytes);
        }
        return memory.slice(0, bytes).order(ByteOrder.nativeOrder());
    }
}
