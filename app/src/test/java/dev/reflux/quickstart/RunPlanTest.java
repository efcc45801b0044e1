package dev.reflux.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.datasets.LabelSchedule;
import dev.reflux.quickstart.progress.Console;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.registry.store.StoreSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunPlanTest {

    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final String WARM_UP = "trainer.learning.warm-up-frames";

    @TempDir
    private Path folder;

    @Test
    void givenAStudentOfDrawnWeights_whenTheTrainerIsSetUp_thenAQuarterOfTheFramesIsItsWarmUp() {
        QuickstartSettings settings = settings("student-cnn.json");

        Map<String, String> config = trainer(settings);

        assertThat(config).containsEntry(WARM_UP, "10");
    }

    @Test
    void givenAStudentWhoseCardSaysWhatItWasTrainedOn_whenTheTrainerIsSetUp_thenTheTrainerDecidesOnTheWarmUp() {
        QuickstartSettings settings = settings("student-mobilenet.json");

        Map<String, String> config = trainer(settings);

        assertThat(config).doesNotContainKey(WARM_UP);
    }

    private static Map<String, String> trainer(QuickstartSettings settings) {
        Progress silent = new Progress(new Console(new PrintWriter(new StringWriter()), false, 120));
        StoreSettings store = new StoreSettings(URI.create("http://127.0.0.1:1"), "us-east-1", "reflux", "key", "key");
        return RunPlan.of(settings, silent)
                .trainerOverrides(KafkaSettings.of("127.0.0.1:1"), store, Workspace.open(settings));
    }

    private QuickstartSettings settings(String student) {
        return new QuickstartSettings(
                "synthetic",
                MODELS.resolve("teacher-synthetic.json"),
                MODELS.resolve(student),
                null,
                40,
                new LabelSchedule(8, Duration.ZERO),
                folder,
                2,
                "cpu",
                1,
                0.002);
    }
}
