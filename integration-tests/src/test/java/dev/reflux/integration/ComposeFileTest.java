package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.trainer.TrainerConfig;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What docker-compose.yml and the Dockerfile name is there, and is called the same in the code. */
class ComposeFileTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)}");
    private static final Pattern OUR_VARIABLE = Pattern.compile("REFLUX_[A-Z0-9_]*[A-Z0-9]");
    private static final Pattern SCRAPED = Pattern.compile("names: \\[(\\w+)], type: A, port: (\\d+)");
    private static final Pattern STAGE = Pattern.compile("(?m)^FROM (\\S+) AS (\\S+)$((?:(?!^FROM ).*\\R?)*)");

    private static String text;
    private static Map<String, Map<String, Object>> services;
    private static Map<String, Object> file;
    private static Properties env;
    private static Map<String, String> stages;

    @BeforeAll
    static void read() throws IOException {
        text = Files.readString(HOME.resolve("docker-compose.yml"));
        env = new Properties();
        try (Reader reader = Files.newBufferedReader(HOME.resolve(".env"))) {
            env.load(reader);
        }
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        file = new Yaml(new SafeConstructor(options))
                .load(VARIABLE.matcher(text).replaceAll(at -> env.getProperty(at.group(1), "")));
        services = section("services");
        stages = new TreeMap<>();
        Matcher stage = STAGE.matcher(Files.readString(HOME.resolve("containers/Dockerfile")));
        while (stage.find()) {
            stages.put(stage.group(2), "FROM " + stage.group(1) + "\n" + stage.group(3));
        }
    }

    @Test
    void givenEveryVariable_whenLookedUp_thenTheEnvFileHasIt() {
        List<String> absent = VARIABLE.matcher(text)
                .results()
                .map(at -> at.group(1))
                .filter(name -> !env.containsKey(name))
                .toList();

        assertThat(absent).isEmpty();
    }

    @Test
    void givenEveryMountAndSecret_whenLookedUp_thenItIsThere() {
        Set<String> absent = new TreeSet<>();
        for (Map<String, Object> service : services.values()) {
            for (String mount : strings(service.get("volumes"))) {
                String from = mount.split(":")[0];
                boolean there = from.startsWith("./")
                        ? Files.exists(HOME.resolve(from))
                        : section("volumes").containsKey(from);
                if (!there) {
                    absent.add(mount);
                }
            }
            strings(service.get("secrets")).stream()
                    .filter(name -> !section("secrets").containsKey(name))
                    .forEach(absent::add);
        }
        section("secrets").values().stream()
                .map(secret -> String.valueOf(secret.get("file")))
                .filter(secret -> !Files.isRegularFile(HOME.resolve(secret)))
                .forEach(absent::add);

        assertThat(absent).isEmpty();
    }

    @Test
    void givenOurVariables_whenHeldAgainstTheCode_thenEachIsRead() throws IOException {
        Set<String> known = new HashSet<>();
        for (Class<?> mapping : List.of(TeacherConfig.class, TrainerConfig.class)) {
            ConfigLoader.settings(mapping).forEach(setting -> known.add(setting.environmentVariable()));
        }
        for (String module : List.of("app", "model-registry/server")) {
            try (Stream<Path> sources = Files.walk(HOME.resolve(module + "/src/main/java"))) {
                for (Path source : sources.filter(Files::isRegularFile).toList()) {
                    OUR_VARIABLE.matcher(Files.readString(source)).results().forEach(at -> known.add(at.group()));
                }
            }
        }
        List<String> used = services.values().stream()
                .flatMap(service -> map(service.get("environment")).keySet().stream())
                .filter(name -> name.startsWith("REFLUX_"))
                .distinct()
                .toList();

        assertThat(used).isNotEmpty().isSubsetOf(known);
    }

    @Test
    void givenTheServicesConfiguration_whenLoaded_thenItIsInOrderAndItsPortsAreTheImages() {
        Path configs = HOME.resolve("containers/config");

        TeacherConfig teacher =
                ConfigLoader.load(TeacherConfig.class, configs.resolve("teacher.yaml"), Map.of(), Map.of());
        TrainerConfig trainer = ConfigLoader.load(
                TrainerConfig.class,
                configs.resolve("trainer.yaml"),
                Map.of(),
                Map.of("trainer.store.secret-key", "what the secret file holds"));

        for (String image : List.of("teacher", "teacher-cuda")) {
            assertThat(stages.get(image)).contains(probe(teacher.health().port(), "/readyz"));
        }
        for (String image : List.of("trainer", "trainer-cuda")) {
            assertThat(stages.get(image)).contains(probe(trainer.health().port(), "/readyz"));
        }
        assertThat(stages.get("registry")).contains("EXPOSE 8088");
        assertThat(strings(services.get("registry").get("ports"))).allMatch(port -> port.endsWith(":8088"));
        assertThat(teacher.kafka().bootstrapServers())
                .isEqualTo(trainer.kafka().bootstrapServers())
                .isEqualTo("kafka:9092");
        assertThat(trainer.store().endpoint())
                .isEqualTo(map(services.get("tools").get("environment")).get("REFLUX_S3_ENDPOINT"));
        assertThat(text).contains("PLAINTEXT://kafka:9092").contains("server, /data");
    }

    @Test
    void givenWhatPrometheusScrapes_whenHeldAgainstTheServices_thenEachServesItsMetersThere() throws IOException {
        TeacherConfig teacher = ConfigLoader.load(
                TeacherConfig.class, HOME.resolve("containers/config/teacher.yaml"), Map.of(), Map.of());
        TrainerConfig trainer = ConfigLoader.load(
                TrainerConfig.class,
                HOME.resolve("containers/config/trainer.yaml"),
                Map.of(),
                Map.of("trainer.store.secret-key", "what the secret file holds"));

        Map<String, String> scraped = SCRAPED.matcher(
                        Files.readString(HOME.resolve("containers/monitoring/prometheus.yml")))
                .results()
                .collect(Collectors.toMap(at -> at.group(1), at -> at.group(2)));

        assertThat(scraped.keySet()).containsExactlyInAnyOrder("teacher", "trainer", "registry");
        assertThat(scraped.get("teacher"))
                .isEqualTo(String.valueOf(teacher.health().port()));
        assertThat(scraped.get("trainer"))
                .isEqualTo(String.valueOf(trainer.health().port()));
        assertThat(stages.get("registry")).contains("\"--health-port\", \"" + scraped.get("registry") + "\"");
    }

    @Test
    void givenOurServices_whenLookedAt_thenEachHasAnImageOfItsOwnAndMayDoLittle() {
        List<String> loose = new ArrayList<>();
        services.forEach((name, service) -> {
            if (String.valueOf(service.get("image")).startsWith("reflux/")) {
                boolean tight = Boolean.TRUE.equals(service.get("read_only"))
                        && strings(service.get("cap_drop")).equals(List.of("ALL"))
                        && strings(service.get("security_opt")).equals(List.of("no-new-privileges:true"))
                        && strings(service.get("tmpfs")).equals(List.of("/tmp"));
                String target = String.valueOf(service.get("image")).split("[/:]")[1];
                if (!tight || !stages.containsKey(target)) {
                    loose.add(name);
                }
            }
        });

        assertThat(loose).isEmpty();
        assertThat(services.keySet())
                .contains("kafka", "minio", "teacher", "trainer", "registry", "camera", "prometheus", "grafana");
        for (String image : List.of("teacher", "teacher-cuda", "trainer", "trainer-cuda", "registry", "tools")) {
            assertThat(stages.get(image)).contains("USER 10001:10001").contains("/sbom.json");
        }
        assertThat(stages.get("registry")).startsWith("FROM base");
    }

    @Test
    void givenWhoWaitsForWhom_whenLookedUp_thenWhoIsWaitedForCanBeHealthy() {
        List<String> hopeless = new ArrayList<>();
        services.forEach((name, service) -> map(service.get("depends_on")).forEach((other, how) -> {
            Map<String, Object> waited = services.getOrDefault(other, Map.of());
            boolean needsProbe = "service_healthy".equals(map(how).get("condition"));
            if (waited.isEmpty() || needsProbe && !waited.containsKey("healthcheck")) {
                hopeless.add(name + " waits for " + other);
            }
        }));

        assertThat(hopeless).isEmpty();
    }

    private static String probe(int port, String path) {
        return "[\"/opt/reflux/health\", \"" + port + "\", \"" + path + "\"]";
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    private static Map<String, Map<String, Object>> section(String name) {
        Map<String, Map<String, Object>> section = new TreeMap<>();
        map(file.get(name)).forEach((key, value) -> section.put(key, map(value)));
        return section;
    }

    private static List<String> strings(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
