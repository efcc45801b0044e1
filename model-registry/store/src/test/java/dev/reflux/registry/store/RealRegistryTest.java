package dev.reflux.registry.store;

import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Where the environment names a store: REFLUX_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY, _BUCKET. */
@EnabledIfEnvironmentVariable(named = StoreUnderTest.REAL, matches = "http.+")
class RealRegistryTest extends RegistryContract {

    @Override
    StoreUnderTest server(Path directory) {
        return StoreUnderTest.real(getClass());
    }
}
