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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    @ConfigMapping(prefix = "camera")
    interface CameraConfig {
        String name();

        @Description("Frames in a batch.")
        @WithDefault("4")
        @Range(min = 1, max = 64)
        int batchSize();

        @WithDefault("8")
        @AtLeast(value = "camera.batch-size", times = 2)
        int queue();

        @WithDefault("0.5")
        @Range(min = 0, aboveMin = true, max = 1, belowMax = true)
        double share();

        @WithDefault("GREY")
        Mode mode();

        @Description(value = "Exposure.", unset = "automatic")
        OptionalInt exposure();

        Optional<List<String>> tags();

        Map<String, String> properties();

        @WithDefault("PT0.2S")
        @Range(min = 0)
        Duration linger();

        Optional<String> note();

        Store store();

        enum Mode {
            GREY,
            COLOR
        }

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
        Path file = file("camera:\n  name: front\n  batch-size: 8\n  queue: 40\n  store:\n    endpoint: http://a:1\n");

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
    void givenMistakesOfEveryKind_whenLoaded_thenOneMessageNamesThemAll() throws Exception {
        Path file = file(
                """
                camera:
                  batch-size: many
                  queue: 7
                  share: 1
                  mode: sepia
                  linger: PT-1S
                  exposure: long
                  lingr: PT1S
                trainer:
                  name: x
                """);

        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, file, Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContainingAll(
                        "8 mistakes",
                        "\"camera.batch-size\" cannot be \"many\" (expected integer)",
                        "\"camera.share\" is 1 and must be in (0, 1)",
                        "\"camera.mode\" cannot be \"sepia\" (expected one of GREY, COLOR)",
                        "\"camera.linger\" is PT-1S and must be at least 0",
                        "\"camera.exposure\" cannot be \"long\" (expected integer)",
                        "\"camera.lingr\" is not a key; did you mean \"camera.linger\"?",
                        "\"camera.name\" is required (or REFLUX_CAMERA_NAME in the environment)",
                        "\"trainer.name\" is not a key of this service")
                .hasMessageNotContainingAny("SRCFG", "java.");
    }

    @ParameterizedTest
    @CsvSource({
        "camera.batch-size, 0, 'must be in [1, 64]'",
        "camera.batch-size, 65, 'must be in [1, 64]'",
        "camera.share, 0, 'must be in (0, 1)'",
        "camera.share, NaN, 'must be in (0, 1)'",
        "camera.queue, 7, 'must be at least 8, 2 × camera.batch-size'",
        "camera.linger, PT-0.001S, must be at least 0",
    })
    void givenAValueOutsideOfItsBounds_whenLoaded_thenTheBoundIsNamed(String key, String value, String bound) {
        Map<String, String> keys = Map.of("camera.name", "a", key, value);

        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, null, Map.of(), keys))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has a mistake: \"" + key + "\" is " + value + " and " + bound);
    }

    @ParameterizedTest
    @CsvSource({"camera.batch-size, 1", "camera.batch-size, 4", "camera.queue, 8", "camera.linger, PT0S"})
    void givenAValueOnItsBound_whenLoaded_thenItIsTaken(String key, String value) {
        Map<String, String> keys = Map.of("camera.name", "a", key, value);

        CameraConfig config = ConfigLoader.load(CameraConfig.class, null, Map.of(), keys);

        assertThat(config.name()).isEqualTo("a");
    }

    @Test
    void givenAMapAndAList_whenLoaded_thenTheirElementsAreKeys() throws Exception {
        Path file = file("camera:\n  name: a\n  tags: [x, y]\n  properties:\n    \"security.protocol\": SSL\n");

        CameraConfig config =
                ConfigLoader.load(CameraConfig.class, file, Map.of("REFLUX_CAMERA_PROPERTIES__A_B_", "1"), Map.of());

        assertThat(config.tags()).contains(List.of("x", "y"));
        assertThat(config.properties())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("a.b", "1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            camera:\\n  name: [b\\n  tags: c   | is not YAML: line 3, column 7
            camera:\\n  name: a\\n  name: b   | is not YAML: line 3, column 3: found duplicate key name
            camera:\\n\\tname: a             | is not YAML: line 2, column 1
            camera: &c\\n  name: *c           | has an anchor that contains itself
            just words                         | does not hold settings
            [1, 2]                             | does not hold settings
            """)
    void givenADamagedFile_whenLoaded_thenOneSentenceSaysWhere(String yaml, String words) throws Exception {
        Path file = file(yaml.replace("\\n", "\n").replace("\\t", "\t"));

        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, file, Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("The configuration file " + file)
                .hasMessageContaining(words)
                .hasMessageMatching("[^\n]*\\.");
    }

    @Test
    void givenAliasesThatExpandWithoutEnd_whenLoaded_thenTheFileIsRefusedBeforeTheyDo() throws Exception {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            yaml.append(String.format(
                    Locale.ROOT,
                    "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d]\n",
                    i,
                    i,
                    i - 1,
                    i - 1,
                    i - 1,
                    i - 1,
                    i - 1));
        }
        Path file = file(yaml.toString());

        assertThatThrownBy(() -> ConfigLoader.load(CameraConfig.class, file, Map.of(), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("expands to more than 10000 values");
    }

    @Test
    void givenAnEmptyFile_whenLoaded_thenTheOtherSourcesHold() throws Exception {
        Path file = file("# nothing set\n");

        CameraConfig config = ConfigLoader.load(CameraConfig.class, file, Map.of("REFLUX_CAMERA_NAME", "a"), Map.of());

        assertThat(config.name()).isEqualTo("a");
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
    void givenAMapping_whenItsSettingsAreListed_thenEachHasItsTypeDefaultAndRange() {
        Map<String, Setting> settings = ConfigLoader.settings(CameraConfig.class).stream()
                .collect(Collectors.toMap(Setting::key, Function.identity()));

        assertThat(settings.values().stream()
                        .map(setting -> String.join(
                                " | ", setting.key(), setting.type(), setting.defaultInWords(), setting.range())))
                .containsExactlyInAnyOrder(
                        "camera.batch-size | integer | 4 | in [1, 64]",
                        "camera.exposure | integer | (automatic) | ",
                        "camera.linger | ISO 8601 duration | PT0.2S | at least 0",
                        "camera.mode | one of GREY, COLOR | GREY | ",
                        "camera.name | text | (required) | ",
                        "camera.note | text | (none) | ",
                        "camera.properties.* | map of texts | (none) | ",
                        "camera.queue | integer | 8 | at least 2 × camera.batch-size",
                        "camera.share | number | 0.5 | in (0, 1)",
                        "camera.store.endpoint | text | http://localhost:9000 | ",
                        "camera.store.secret-key | text | (none) | ",
                        "camera.tags | list of texts | (none) | ");
        assertThat(settings.get("camera.batch-size").description()).isEqualTo("Frames in a batch.");
        assertThat(settings.get("camera.store.secret-key").required()).isFalse();
        assertThat(settings.get("camera.store.secret-key").environmentVariable())
                .isEqualTo("REFLUX_CAMERA_STORE_SECRET_KEY");
    }

    private Path file(String yaml) throws Exception {
        return Files.writeString(directory.resolve("config.yaml"), yaml);
    }
}
