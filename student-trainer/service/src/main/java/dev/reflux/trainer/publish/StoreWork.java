package dev.reflux.trainer.publish;

import dev.reflux.registry.client.StoreException;
import java.util.function.Supplier;

/** Does work on the store, and repeats it while the store cannot do it. The training thread only. */
public interface StoreWork {

    /**
     * Returns the result of the work.
     *
     * @param what names the work, such as "publish a version"
     * @param work may be done several times; each time it must see what the time before has left
     * @throws StoreException if the store refuses the work, or does not do it in time
     */
    <T> T outlast(String what, Supplier<T> work);
}
