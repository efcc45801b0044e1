package dev.reflux.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.datasets.LabelSchedule;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuickstartSettingsTest {

    private static QuickstartSettings with(LabelSchedule labels) {
        return new QuickstartSettings(
                "synthetic", Path.of("t.json"), Path.of("s.json"), null, 0, labels, Path.of("out"), 2, "cpu", 1, 0.002);
    }

    @Test
    void givenEveryLabel_whenTheCommandIsRepeated_thenItNamesNoOptionOfLabels() {
        QuickstartSettings settings = with(LabelSchedule.ALL);

        String command = settings.command();

        assertThat(command)
                .isEqualTo("reflux quickstart --dataset synthetic --teacher t.json --student s.json --seed 1"
                        + " --learning-rate 0.002 --out out");
        assertThat(settings.fingerprint()).doesNotContain("labels");
    }

    @Test
    void givenFewAndLateLabels_whenTheCommandIsRepeated_thenItAndTheFingerprintNameThem() {
        QuickstartSettings settings = with(new LabelSchedule(16, Duration.ofMinutes(1)));

        String command = settings.command();

        assertThat(command).contains(" --label-every 16 --labels-later 60 --seed");
        assertThat(settings.fingerprint())
                .endsWith(" labels=16/60")
                .isNotEqualTo(with(new LabelSchedule(16, Duration.ZERO)).fingerprint());
    }
}
