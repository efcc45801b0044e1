package dev.reflux.common.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.tls.TestKeys;
import dev.reflux.embedded.EmbeddedKafka;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that asks for TLS, for a certificate of the client, and for a password. */
class GuardedBrokerTest {

    private static final String STORE_PASSWORD = "store-secret-1";
    private static final String PASSWORD = "scram-secret-2";

    @TempDir
    private static Path directory;

    private static EmbeddedKafka broker;

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("server", "client", "stranger")) {
            TestKeys.make(name, directory, STORE_PASSWORD);
        }
        broker = EmbeddedKafka.startGuarded(
                directory.resolve("kafka"),
                Map.of(
                        "ssl.keystore.location",
                        store("server"),
                        "ssl.keystore.password",
                        STORE_PASSWORD,
                        "ssl.truststore.location",
                        certificate("client"),
                        "ssl.truststore.type",
                        "PEM",
                        "ssl.client.auth",
                        "required"),
                "trainer",
                PASSWORD);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void givenPropertiesInAFile_whenAClientComes_thenItIsLetIn() throws Exception {
        KafkaSettings kafka = settings(right());
        Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));

        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
            var place = producer.send(new ProducerRecord<>(Topics.FRAMES_LABELED, new byte[] {1}))
                    .get();

            assertThat(place.offset()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"another password", "no certificate", "a stranger's certificate", "a stranger's server"})
    void givenAWrongOne_whenAClientComes_thenItIsRefusedInASentenceWithoutSecrets(String what) throws Exception {
        Map<String, String> wrong = right();
        switch (what) {
            case "another password" -> wrong.put("sasl.jaas.config", jaas("guessed-secret-3"));
            case "no certificate" -> wrong.keySet().removeIf(key -> key.startsWith("ssl.keystore"));
            case "a stranger's certificate" -> wrong.put("ssl.keystore.location", store("stranger"));
            default -> wrong.put("ssl.truststore.location", certificate("stranger"));
        }
        KafkaSettings kafka = settings(wrong);

        Throwable refused = catchThrowable(() -> Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1)));

        assertThat(refused).isInstanceOf(UsageException.class);
        assertThat(refused.getMessage())
                .contains(broker.bootstrapServers())
                .doesNotContain("\n")
                .doesNotContain("secret-");
    }

    @Test
    void givenALanguageWithItsOwnDigits_whenAClientIsMade_thenASentenceSaysWhatToDo() throws Exception {
        KafkaSettings kafka = settings(right());
        Locale before = Locale.getDefault(Locale.Category.FORMAT);
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("fa-IR-u-nu-arabext"));
        try {

            Throwable refused = catchThrowable(() -> KafkaClients.admin(kafka));

            assertThat(refused)
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT)");
        } finally {
            Locale.setDefault(Locale.Category.FORMAT, before);
        }
    }

    @Test
    void givenAStoreWithAnotherPassword_whenAClientIsMade_thenASentenceSaysSo() throws Exception {
        Map<String, String> wrong = right();
        wrong.put("ssl.keystore.password", "guessed-secret-3");
        KafkaSettings kafka = settings(wrong);

        Throwable refused = catchThrowable(() -> KafkaClients.admin(kafka));

        assertThat(refused)
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("No Kafka client can be created")
                .hasMessageNotContaining("secret-");
    }

    private static Map<String, String> right() {
        return new HashMap<>(Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-512",
                "sasl.jaas.config",
                jaas(PASSWORD),
                "ssl.truststore.location",
                certificate("server"),
                "ssl.truststore.type",
                "PEM",
                "ssl.keystore.location",
                store("client"),
                "ssl.keystore.password",
                STORE_PASSWORD));
    }

    private static String jaas(String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"trainer\" password=\""
                + password + "\";";
    }

    /** As a person gives them: by the name of a file. */
    private static KafkaSettings settings(Map<String, String> properties) throws Exception {
        Properties written = new Properties();
        written.putAll(properties);
        StringWriter text = new StringWriter();
        written.store(text, null);
        Path file = Files.writeString(directory.resolve("client.properties"), text.toString());
        return new KafkaSettings(broker.bootstrapServers(), KafkaPropertiesFile.read(file));
    }

    private static String store(String name) {
        return directory.resolve(name + ".p12").toString();
    }

    private static String certificate(String name) {
        return directory.resolve(name + ".pem").toString();
    }
}
