package dev.reflux.registry.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** On the embedded store, which is always there. */
class EmbeddedRegistryTest {

    @Nested
    class Publishing extends PublishingContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.embedded(directory, getClass());
        }
    }

    @Nested
    class KilledProcess extends KilledProcessContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.embedded(directory, getClass());
        }
    }

    @Nested
    class Tampering extends TamperingContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.embedded(directory, getClass());
        }
    }

    @Nested
    class Retention extends RetentionContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.embedded(directory, getClass());
        }
    }

    @Nested
    class Delta extends DeltaContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.embedded(directory, getClass());
        }
    }
}
