package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpSettingsTest {

    @TempDir
    private Path directory;

    @Test
    void givenTokens_whenServedOnLoopback_thenTheDefaultsAreThese() throws Exception {
        Tokens tokens = ServedRegistry.tokens(directory);

        HttpSettings settings = HttpSettings.loopback(tokens);

        assertThat(settings)
                .isEqualTo(new HttpSettings(
                        "127.0.0.1",
                        0,
                        tokens,
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ofSeconds(1),
                        20_000,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(10)));
    }
}
