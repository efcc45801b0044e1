package dev.reflux.quickstart.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static final int WIDTH = 80;
    private static final Pattern CONTROLS = Pattern.compile("\u001b\\[[0-9;]*[mK]");
    private static final String FIGURES = "mIoU 26.7  loss 10.89  lag 1310  v12";

    private final StringWriter written = new StringWriter();

    @Test
    void givenALogOf80Columns_whenTheLongestLineOfARunIsShown_thenNothingOfItWraps() {
        Progress progress = new Progress(new Console(new PrintWriter(written), false, WIDTH));
        progress.show("train", 1, 320, FIGURES);
        progress.say("");

        // The second line of a phase has the time that is left.
        progress.show("train", 120, 320, FIGURES);

        assertThat(written.toString()).contains("left").contains(FIGURES);
        assertThat(lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(WIDTH));
    }

    @Test
    void givenANarrowTerminal_whenALongLineIsShown_thenItIsCutSoThatItCanBeRewritten() {
        Console console = new Console(new PrintWriter(written), true, 40);

        console.show("x".repeat(60));

        assertThat(lines()).contains("x".repeat(39));
    }

    @Test
    void givenALineThatChanges_whenTheRunEnds_thenItIsRemoved() {
        Progress progress = new Progress(new Console(new PrintWriter(written), true, WIDTH));
        progress.show("score", 3, 60, "teacher");

        progress.end();

        assertThat(written.toString()).endsWith("\r\u001b[K");
    }

    @Test
    void givenAnActivity_whenNothingElseIsShown_thenItsNameAndDurationAre() {
        Progress progress = new Progress(new Console(new PrintWriter(written), false, WIDTH));

        progress.doing("loading PyTorch");

        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(lines())
                .anySatisfy(line -> assertThat(line).matches("  loading PyTorch, [2-9]\\d* s")));
        progress.end();
    }

    private List<String> lines() {
        return Arrays.stream(written.toString().split("[\r\n]+"))
                .map(line -> CONTROLS.matcher(line).replaceAll(""))
                .toList();
    }
}
