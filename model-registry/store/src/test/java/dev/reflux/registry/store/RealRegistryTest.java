package dev.reflux.registry.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** On the store that the environment names: REFLUX_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY, _BUCKET. */
@EnabledIfEnvironmentVariable(named = StoreUnderTest.REAL, matches = "http.+")
class RealRegistryTest {

    @Nested
    class Publishing extends PublishingContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.real(getClass());
        }
    }

    @Nested
    class KilledProcess extends KilledProcessContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.real(getClass());
        }
    }

    @Nested
    class Tampering extends TamperingContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.real(getClass());
        }
    }

    @Nested
    class Retention extends RetentionContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.real(getClass());
        }
    }

    @Nested
    class Delta extends DeltaContract {
        @Override
        StoreUnderTest server(Path directory) {
            return StoreUnderTest.real(getClass());
        }
    }
}
