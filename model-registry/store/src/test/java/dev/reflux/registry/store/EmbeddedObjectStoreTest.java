package dev.reflux.registry.store;

import java.nio.file.Path;

/** Always. */
class EmbeddedObjectStoreTest extends ObjectStoreContract {

    @Override
    StoreUnderTest server(Path directory) {
        return StoreUnderTest.embedded(directory, getClass());
    }
}
