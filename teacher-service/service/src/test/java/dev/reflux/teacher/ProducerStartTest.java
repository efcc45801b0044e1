package dev.reflux.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.Producer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerStartTest {

    @TempDir
    private Path directory;

    private final Logger logger = (Logger) LogManager.getLogger(ProducerStart.class);
    private final Events events = new Events();
    private final Workers workers = Workers.start(1);

    /** The log lines of the class under test. */
    private static final class Events extends AbstractAppender {

        private final List<LogEvent> all = new CopyOnWriteArrayList<>();

        Events() {
            super("events", null, null, true, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            all.add(event.toImmutable());
        }
    }

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        logger.setLevel(Level.ERROR);
        logger.removeAppender(events);
        workers.close();
    }

    @Test
    void givenAClosedPort_whenAProducerIsStarted_thenTheLogNamesAddressAndSettingOnceWithinFiveSeconds()
            throws Exception {
        String address = "127.0.0.1:" + closedPort();
        TeacherSettings settings = settings(address, Duration.ofSeconds(7));
        Instant start = Instant.now();

        assertThatThrownBy(() -> new ProducerStart(workers).initialized(settings, ProducerStartTest::producer))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(address)
                .hasMessageContaining("teacher.kafka.bootstrap-servers");

        assertThat(events.all).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getMessage().getFormattedMessage())
                    .contains(address)
                    .contains("teacher.kafka.bootstrap-servers");
            assertThat(Duration.between(start, Instant.ofEpochMilli(event.getTimeMillis())))
                    .isLessThan(Duration.ofSeconds(5));
        });
    }

    @Test
    void givenABrokerThatIsThere_whenAProducerIsStarted_thenTheLogIsSilent() {
        try (TeacherBench bench = new TeacherBench(directory, 1)) {
            TeacherSettings settings = TeacherSettings.of(bench.config("t", Map.of()));

            new ProducerStart(workers)
                    .initialized(settings, ProducerStartTest::producer)
                    .close();

            assertThat(events.all).isEmpty();
        }
    }

    private TeacherSettings settings(String address, Duration maxBlock) {
        Path head = directory.resolve("head.safetensors");
        TeacherBench.head().write(head);
        return TeacherSettings.of(ConfigLoader.load(
                TeacherConfig.class,
                null,
                Map.of(),
                Map.of(
                        "teacher.kafka.bootstrap-servers", address,
                        "teacher.kafka.properties.\"max.block.ms\"", String.valueOf(maxBlock.toMillis()),
                        "teacher.model.card", TeacherBench.CARD.toString(),
                        "teacher.model.projection", head.toString())));
    }

    private static Producer<byte[], byte[]> producer(TeacherSettings settings) {
        return KafkaClients.transactionalProducer(settings.kafka(), settings.transactionalId());
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
