package dev.reflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.embedded.EmbeddedKafka;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetPushTest {

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int push(EmbeddedKafka broker, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "fleet", "push", "--dataset", "synthetic:7,40", "--bootstrap-servers", broker.bootstrapServers()));
        words.addAll(List.of(more));
        return RefluxCommandLine.execute(new PrintWriter(out), new PrintWriter(err), words.toArray(new String[0]));
    }

    @Test
    void givenLabelsThatComeLater_whenPushedTwiceWithASpool_thenEachMessageIsCountedAndNoneIsSentAgain() {
        String spool = directory.resolve("spool").toString();
        String[] words = {"--label-every", "5", "--labels-later", "3", "--spool", spool};
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"))) {
            int first = push(broker, words);

            int second = push(broker, words);

            // Four cameras of ten frames each, two of which have a label.
            assertThat(first).as(err.toString()).isZero();
            assertThat(second).as(err.toString()).isZero();
            assertThat(out.toString())
                    .containsSubsequence(
                            "48 of 48 frames and labels acknowledged",
                            "Resuming after message 48.",
                            "0 of 48 frames and labels acknowledged");
        }
    }

    @Test
    void givenNoLabelWanted_whenPushed_thenFramesAreCountedOnce() {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("kafka"))) {
            int code = push(broker, "--label-every", "0", "--frames", "7");

            assertThat(code).as(err.toString()).isZero();
            assertThat(out.toString()).contains("7 of 7 frames acknowledged");
        }
    }
}
