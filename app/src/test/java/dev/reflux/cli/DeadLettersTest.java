package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedKafka;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersTest {

    @Test
    void givenRefusedFrames_whenListedAndReplayedAndListedAgain_thenTheCommandsSayWhatBecameOfEach(
            @TempDir Path directory) throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory)) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            Topics.ensure(kafka, new Topics.Plan(1, (short) 1, -1));
            try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka, Map.of())) {
                producer.send(letter(7, Rejection.INFERENCE_FAILED, "It\nfailed.")
                                .toRecord())
                        .get();
                producer.send(letter(8, Rejection.EMPTY_IMAGE, "No image.").toRecord())
                        .get();
            }

            String before = out(broker, "list");
            String replay = out(broker, "replay --reason INFERENCE_FAILED");
            String after = out(broker, "list");

            assertThat(before)
                    .contains("INFERENCE_FAILED", "frames.labeled-0@7  It failed.", "frames.labeled-0@8  No image.")
                    .contains("2 dead letters: 1 EMPTY_IMAGE, 1 INFERENCE_FAILED; 0 replayed.");
            assertThat(replay).isEqualTo("1 records sent again; 0 had been sent again before.");
            assertThat(after).contains("@8").doesNotContain("@7  ").contains("; 1 replayed.");
        }
    }

    private static DeadLetter letter(long offset, Rejection reason, String why) {
        var source = new ConsumerRecord<>(Topics.FRAMES_LABELED, 0, offset, new byte[1], new byte[2]);
        return DeadLetter.of(source, "teacher.ingest", new RejectedFrameException(reason, why));
    }

    private static String out(EmbeddedKafka broker, String line) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String whole = "dead-letters " + line + " --bootstrap-servers " + broker.bootstrapServers();
        int code = RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), whole.split(" "));
        assertThat(code).as(err.toString()).isZero();
        return out.toString().strip();
    }
}
