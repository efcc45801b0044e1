package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.tls.TestKeys;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.integration.process.ServiceProcess;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The path from a camera to a listed version where every connection is TLS: Kafka with client certificates and SCRAM, store
 * and registry with a certificate of an own authority. Nothing that the processes say or leave has one of their secrets.
 */
@EnabledOnOs(OS.LINUX)
class GuardedPathTest {

    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String STORE_PASSWORD = "keystore-secret-27182";
    private static final String SCRAM_PASSWORD = "scram-secret-31415";
    private static final String SECRET_KEY = "bucket-secret-16180";
    private static final int FRAMES = 16;

    @TempDir
    Path folder;

    private final List<ServiceProcess> started = new ArrayList<>();
    private final int teacherHealth = LoopbackPorts.free();
    private final int trainerHealth = LoopbackPorts.free();
    private final int registryPort = LoopbackPorts.free();
    private final int registryHealth = LoopbackPorts.free();
    private TestKeys server;
    private TestKeys client;
    private TestKeys stranger;
    private EmbeddedKafka broker;
    private EmbeddedS3 store;
    private Path secretKey;
    private Path kafkaProperties;
    private Path token;

    @BeforeEach
    void open() throws Exception {
        Path keys = Files.createDirectory(folder.resolve("keys"));
        server = TestKeys.make("server", keys, STORE_PASSWORD);
        client = TestKeys.make("client", keys, STORE_PASSWORD);
        stranger = TestKeys.make("stranger", keys, STORE_PASSWORD);
        broker = EmbeddedKafka.startGuarded(
                folder.resolve("kafka"),
                Map.of(
                        "ssl.keystore.location",
                        server.store().toString(),
                        "ssl.keystore.password",
                        STORE_PASSWORD,
                        "ssl.truststore.location",
                        client.certificate().toString(),
                        "ssl.truststore.type",
                        "PEM",
                        "ssl.client.auth",
                        "required"),
                "fleet",
                SCRAM_PASSWORD);
        store = EmbeddedS3.startGuarded(
                folder.resolve("store"), server.store(), STORE_PASSWORD, "reflux-guarded", SECRET_KEY);
        secretKey = secret("secret-key", SECRET_KEY);
        kafkaProperties = secret(
                "kafka.properties",
                String.join(
                        "\n",
                        "security.protocol=SASL_SSL",
                        "sasl.mechanism=SCRAM-SHA-512",
                        "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
                                + " username=\"fleet\" password=\"" + SCRAM_PASSWORD + "\";",
                        "ssl.truststore.location=" + server.certificate(),
                        "ssl.truststore.type=PEM",
                        "ssl.keystore.location=" + client.store(),
                        "ssl.keystore.password=" + STORE_PASSWORD));
        token = secret("token", Tokens.add(folder.resolve("tokens.json"), "ops", Role.ADMIN));
        SigningKey.generate().write(folder.resolve("signing.key"));
    }

    @AfterEach
    void close() {
        started.forEach(ServiceProcess::close);
        store.close();
        broker.close();
    }

    @Test
    void givenTlsEverywhere_whenFramesPass_thenAVersionIsListedStrangersAreRefusedAndNoSecretIsToBeRead()
            throws Exception {
        done(kafka("topics", "topics", "--partitions", "1", "--replication", "1"));
        ServiceProcess teacher = teacher();
        ServiceProcess trainer = trainer();
        ServiceProcess registry = registry();
        await().atMost(PATIENCE).until(() -> ready(teacher, teacherHealth) && ready(trainer, trainerHealth));

        done(kafka("camera", "fleet", "push", "--dataset", "synthetic:1,40", "--frames", String.valueOf(FRAMES)));

        await().atMost(PATIENCE).until(() -> listed().contains("student"));
        assertThat(done(audit())).contains("0 lost, 0 twice, no fault.");
        assertThat(refusal(list("http-stranger", stranger))).contains("https://127.0.0.1:" + registryPort);
        assertThat(refusal(store("store-stranger", stranger)))
                .contains(store.endpoint().toString());
        assertThat(done(store("store-list", server))).contains("student");
        holdNoSecret(
                "what is served",
                metrics(teacher, teacherHealth) + metrics(trainer, trainerHealth) + metrics(registry, registryHealth));
        holdNoSecret("the list of processes", arguments());
        for (Path file : readableByAll()) {
            holdNoSecret(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
    }

    // ---- what is looked through ------------------------------------------------------------------------------------

    private void holdNoSecret(String where, String text) throws IOException {
        String tokenItself = Files.readString(token);
        String keyItself =
                Files.readString(folder.resolve("signing.key")).lines().toList().get(1);
        for (String secret : List.of(STORE_PASSWORD, SCRAM_PASSWORD, SECRET_KEY, tokenItself, keyItself)) {
            assertThat(text.contains(secret)).as("a secret in " + where).isFalse();
        }
    }

    private static String metrics(ServiceProcess service, int port) {
        String metrics = service.body(URI.create("http://127.0.0.1:" + port + "/metrics"));
        assertThat(metrics).contains("# TYPE");
        return metrics + service.body(URI.create("http://127.0.0.1:" + port + "/readyz"));
    }

    private static String arguments() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList()) {
                try {
                    all.append(Files.readString(process.resolve("cmdline"))).append('\n');
                } catch (IOException e) {
                    // It has ended meanwhile.
                    continue;
                }
            }
        }
        assertThat(all.toString()).contains("trainer.store.secret-key-file");
        return all.toString();
    }

    private List<Path> readableByAll() throws IOException {
        List<Path> readable = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                    readable.add(file);
                }
            }
        }
        assertThat(readable)
                .as("what the processes say, and what they store")
                .anyMatch(file -> file.endsWith("trainer.log"))
                .anyMatch(file -> file.startsWith(folder.resolve("checkpoints")));
        return readable;
    }

    // ---- processes -------------------------------------------------------------------------------------------------

    private ServiceProcess teacher() {
        return service(
                "teacher",
                teacherHealth,
                Map.of(
                        "kafka.transactional-id", "guarded",
                        "model.card", MODELS.resolve("teacher-synthetic.json").toString(),
                        "view.width", "96",
                        "view.height", "64"));
    }

    private ServiceProcess trainer() {
        return service(
                "trainer",
                trainerHealth,
                Map.of(
                        "student.card", MODELS.resolve("student-cnn.json").toString(),
                        "student.label-schema", "synthetic-9",
                        "student.fresh", "true",
                        "store.endpoint", store.endpoint().toString(),
                        "store.access-key", store.accessKey(),
                        "store.secret-key-file", secretKey.toString(),
                        "publish.key-file", folder.resolve("signing.key").toString(),
                        "checkpoint.folder", folder.resolve("checkpoints").toString(),
                        "checkpoint.every-frames", "4",
                        "checkpoint.publish-every-frames", "8"));
    }

    private ServiceProcess service(String name, int healthPort, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("kafka.bootstrap-servers", broker.bootstrapServers());
        settings.put("kafka.properties-file", kafkaProperties.toString());
        settings.put("compute.device", "cpu");
        settings.put("compute.threads", "1");
        settings.put("health.port", String.valueOf(healthPort));
        List<String> command = new ArrayList<>(List.of(name));
        settings.forEach((key, value) -> command.addAll(List.of("--set", name + "." + key + "=" + value)));
        return reflux(name, server, command);
    }

    private ServiceProcess registry() throws Exception {
        return reflux(
                "registry",
                server,
                List.of(
                        "registry",
                        "--port",
                        String.valueOf(registryPort),
                        "--health-port",
                        String.valueOf(registryHealth),
                        "--tokens",
                        folder.resolve("tokens.json").toString(),
                        "--tls-cert",
                        server.certificate().toString(),
                        "--tls-key",
                        server.key().toString(),
                        "--s3",
                        store.endpoint().toString(),
                        "--access-key",
                        store.accessKey(),
                        "--secret-key-file",
                        secretKey.toString()));
    }

    private ServiceProcess kafka(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of(
                "--bootstrap-servers", broker.bootstrapServers(), "--kafka-properties", kafkaProperties.toString()));
        return reflux(name, server, command);
    }

    private String listed() throws Exception {
        ServiceProcess asked = list("http-list", server);
        return asked.exitCode(PATIENCE) == 0 ? asked.said() : "";
    }

    private ServiceProcess list(String name, TestKeys trusted) {
        return reflux(
                name,
                trusted,
                List.of(
                        "models",
                        "list",
                        "--registry",
                        "https://127.0.0.1:" + registryPort,
                        "--token-file",
                        "" + token));
    }

    private ServiceProcess audit() {
        return kafka(
                "audit",
                "audit",
                "--registry",
                "https://127.0.0.1:" + registryPort,
                "--token-file",
                token.toString(),
                "--json",
                folder.resolve("audit.json").toString());
    }

    private ServiceProcess store(String name, TestKeys trusted) {
        return reflux(
                name,
                trusted,
                List.of(
                        "models",
                        "list",
                        "--s3",
                        store.endpoint().toString(),
                        "--access-key",
                        store.accessKey(),
                        "--secret-key-file",
                        secretKey.toString()));
    }

    /** Starts a process that trusts one certificate and no other. */
    private ServiceProcess reflux(String name, TestKeys trusted, List<String> arguments) {
        ServiceProcess process = ServiceProcess.start(
                folder.resolve(name + ".log"),
                Map.of("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=" + trusted.trust()),
                arguments);
        started.add(process);
        return process;
    }

    private static String done(ServiceProcess process) throws Exception {
        assertThat(process.exitCode(PATIENCE)).as(process.said()).isZero();
        return process.said();
    }

    /** Returns the one sentence with which it has ended. */
    private static String refusal(ServiceProcess process) throws Exception {
        assertThat(process.exitCode(PATIENCE)).as(process.said()).isNotZero();
        assertThat(process.said()).doesNotContain("\tat ");
        return process.said()
                .lines()
                .filter(line -> line.startsWith("reflux: "))
                .reduce((first, second) -> first + "\n" + second)
                .orElseThrow(() -> new AssertionError(process.said()));
    }

    private static boolean ready(ServiceProcess service, int port) {
        assertThat(service.alive()).as(service.said()).isTrue();
        return service.status(URI.create("http://127.0.0.1:" + port + "/readyz")) == 200;
    }

    private Path secret(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }
}
