package dev.reflux.registry.store;

import java.nio.file.Path;

/** Always. */
class EmbeddedRegistryTest extends RegistryContract {

    @Override
    StoreUnderTest server(Path directory) {
        return StoreUnderTest.embedded(directory, getClass());
    }
}
