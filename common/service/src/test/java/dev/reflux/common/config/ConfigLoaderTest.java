package dev.reflux.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {

    @ConfigMapping(prefix = "camera")
    interface CameraConfig {
        String name();

        @WithDefault("4")
        int batchSize();

        @WithDefault("PT0.2S")
        Duration linger();

        Optional<String> note();

        Store store();

        interface Store {
            @WithDefault("http://localhost:9000")
            String endpoint();

            Optional<String> secretKey();
        }
    }

    @TempDir
    private Path directory;

    @Test
    void givenFileEnvironmentAndOverrides_whenLoaded_thenTheLaterWins() throws Exception {
        Path file = file("camera:\n  name: front\n  batch-size: 8\n  store:\n    endpoint: http://a:1\n");

        CameraConfig config = ConfigLoader.load(
                CameraConfig.class,
                file,
                Map.of("REFLUX_CAMERA_BATCH_SIZE", "16", "REFLUX_CAMERA_STORE_ENDPOINT", "http://b:2", "PATH", "x"),
                Map.of("camera.store.endpoint", "http://c:3"));

        assertThat(config.name()).isEqualTo("front");
        assertThat(config.batchSize()).isEqualTo(16);
        assertThat(config.linger()).isEqualTo(Duration.ofMillis(200));
        assertThat(config.store().endpoint()).isEqualTo("http://c:3");
        assertThat(config.note()).isEmpty();
    }

    @Test
    void givenManyMistakes_whenLoaded_thenAllAreInOneMessage() throws Exception {
        Path file = file("camera:\n  batch-size: many\n  lingr: PT1S\ntrainer:\n  name: x\n");

        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, file, Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("\"camera.batch-size\" cannot be \"many\"")
                .hasMessageContaining("\"camera.lingr\" is not a key; did you mean \"camera.linger\"?")
                .hasMessageContaining("\"camera.name\" is required (or REFLUX_CAMERA_NAME in the environment)")
                .hasMessageContaining("\"trainer.name\" is not a key of this service")
                .hasMessageNotContainingAny("SRCFG", "java.");
    }

    @Test
    void givenASecretFile_whenLoaded_thenItsFirstLineIsTheSecret() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "s3cret\n");
        Path file = file("camera:\n  name: a\n  store:\n    secret-key-file: " + secret + "\n");

        String fromFile = ConfigLoader.load(CameraConfig.class, file, Map.of(), Map.of())
                .store()
                .secretKey()
                .orElseThrow();
        String fromEnvironment = ConfigLoader.load(
                        CameraConfig.class,
                        null,
                        Map.of("REFLUX_CAMERA_NAME", "a", "REFLUX_CAMERA_STORE_SECRET_KEY_FILE", secret.toString()),
                        Map.of())
                .store()
                .secretKey()
                .orElseThrow();

        assertThat(fromFile).isEqualTo("s3cret");
        assertThat(fromEnvironment).isEqualTo("s3cret");
    }

    @Test
    void givenASecretFileThatALaterSourceReplaces_whenLoaded_thenOnlyTheReplacementIsRead() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "s3cret\n");
        Path file = file("camera:\n  name: a\n  store:\n    secret-key-file: /nowhere/secret\n");

        List<Map<String, String>> environments = List.of(
                Map.of("REFLUX_CAMERA_STORE_SECRET_KEY_FILE", secret.toString()),
                Map.of("REFLUX_CAMERA_STORE_SECRET_KEY", "s3cret"));

        assertThat(environments)
                .allSatisfy(environment -> assertThat(ConfigLoader.load(CameraConfig.class, file, environment, Map.of())
                                .store()
                                .secretKey())
                        .contains("s3cret"));
    }

    @Test
    void givenAMissingFileOrSecret_whenLoaded_thenItIsNamed() throws Exception {
        Path file = file("camera:\n  name: a\n  store:\n    secret-key-file: /nowhere/secret\n");

        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, file, Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("camera.store.secret-key")
                .hasMessageContaining("/nowhere/secret");
        assertThatThrownBy(() ->
                        ConfigLoader.load(CameraConfig.class, directory.resolve("absent.yaml"), Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("absent.yaml");
        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, file("a: [b"), Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("not YAML");
    }

    @Test
    void givenAMapping_whenItsKeysAreListed_thenEachHasItsDefault() {
        assertThat(ConfigLoader.keys(CameraConfig.class))
                .containsEntry("camera.batch-size", "4")
                .containsEntry("camera.name", "(required)")
                .containsEntry("camera.note", "(none)")
                .containsEntry("camera.store.endpoint", "http://localhost:9000")
                .hasSize(6);
        assertThat(ConfigLoader.environmentVariable("camera.store.endpoint")).isEqualTo("REFLUX_CAMERA_STORE_ENDPOINT");
    }

    private Path file(String yaml) throws Exception {
        return Files.writeString(directory.resolve("config.yaml"), yaml);
    }
}
