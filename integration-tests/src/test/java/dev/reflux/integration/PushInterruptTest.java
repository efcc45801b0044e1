package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.integration.process.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A push that is told to end, as a process. */
class PushInterruptTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern ACKNOWLEDGED = Pattern.compile("(\\d+) frames acknowledged");

    @TempDir
    Path folder;

    @Test
    void givenAnEndlessPush_whenToldToEnd_thenItsLastLineCountsWhatTheBrokersHave() {
        try (EmbeddedKafka broker = EmbeddedKafka.start(folder.resolve("kafka"));
                ServiceProcess push = push(broker)) {
            await().atMost(PATIENCE).until(() -> !push.alive() || push.said().contains("frames acknowledged"));
            assertThat(push.alive()).as(push.said()).isTrue();

            push.askToEnd();

            await().atMost(PATIENCE).until(() -> !push.alive());
            long counted = ACKNOWLEDGED
                    .matcher(push.said())
                    .results()
                    .map(MatchResult::group)
                    .map(line -> Long.parseLong(line.split(" ")[0]))
                    .reduce((first, second) -> second)
                    .orElseThrow();
            assertThat(CommittedRecords.of(KafkaSettings.of(broker.bootstrapServers()), Topics.FRAMES_LABELED))
                    .as(push.said())
                    .hasSize(Math.toIntExact(counted));
        }
    }

    private ServiceProcess push(EmbeddedKafka broker) {
        return ServiceProcess.start(
                folder.resolve("push.log"),
                Map.of(),
                List.of(
                        "fleet",
                        "push",
                        "--dataset",
                        "synthetic:1,40",
                        "--loop",
                        "--rate",
                        "60",
                        "--bootstrap-servers",
                        broker.bootstrapServers()));
    }
}
