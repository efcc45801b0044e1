package dev.reflux.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.datasets.SparseLabels;
import dev.reflux.quickstart.report.RunFacts;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Of 24 frames of four cameras, every eighth of each camera are the frames 0 to 3 and 20. */
class StreamedFramesTest {

    private static SparseLabels messages(long every, long later) {
        FleetPlan plan = FleetPlan.once(DatasetCatalog.open("synthetic:1,24"), "train");
        return new SparseLabels(plan, every, Duration.ofSeconds(later));
    }

    @Test
    void givenEveryLabel_whenTheFramesAreRead_thenThereAreAsManyMessagesAndNoFrameToShow() {
        StreamedFrames frames = StreamedFrames.of(messages(1, 0));

        assertThat(frames.labels()).isEqualTo(new RunFacts.Labels(24, 0, 0));
        assertThat(frames.count()).isEqualTo(24);
        assertThat(frames.unlabeled(3)).isEmpty();
    }

    @Test
    void givenFewLabels_whenTheFramesAreRead_thenThoseToShowHaveNoneAndAreSpreadEvenly() {
        StreamedFrames frames = StreamedFrames.of(messages(8, 0));

        assertThat(frames.labels()).isEqualTo(new RunFacts.Labels(5, 0, 19));
        assertThat(frames.count()).isEqualTo(24);
        assertThat(frames.unlabeled(3)).containsExactly(7, 13, 19);
        assertThat(frames.unlabeled(100)).hasSize(19).doesNotContain(0, 1, 2, 3, 20);
    }

    @Test
    void givenLateLabels_whenTheFramesAreRead_thenEachTakesAMessageOfItsOwn() {
        StreamedFrames frames = StreamedFrames.of(messages(8, 5));

        assertThat(frames.labels()).isEqualTo(new RunFacts.Labels(0, 5, 19));
        assertThat(frames.count())
                .isEqualTo(29)
                .isEqualTo(frames.messages().messages().count());
    }
}
