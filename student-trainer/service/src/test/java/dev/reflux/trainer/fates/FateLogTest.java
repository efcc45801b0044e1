package dev.reflux.trainer.fates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleReference;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FateLogTest {

    private final FateLog log = new FateLog();

    private static FramePlace frame(long offset) {
        return new FramePlace("frames.labeled", "id", 0, offset);
    }

    private void take(long sample, long frame, Fate fate) {
        SampleReference reference = new SampleReference(0, sample);
        log.decide(reference, fate);
        log.took(reference, frame(frame));
    }

    @Test
    void givenSamplesOfOneKind_whenTaken_thenTheyAreOneRunOverMarkersAndASecondOneAfterAFrameIsMissing() {
        take(0, 10, Fate.of(Fate.TRAINED));
        take(1, 11, Fate.of(Fate.TRAINED));
        take(3, 12, Fate.of(Fate.TRAINED));

        take(4, 14, Fate.of(Fate.TRAINED));

        assertThat(log.state().runs())
                .containsExactly(
                        new FateRun(0, "trained", "", 0, 3, 3, frame(10), null),
                        new FateRun(0, "trained", "", 4, 4, 1, frame(14), null));
    }

    @Test
    void givenDuplicatesOfFramesThatFollow_whenTaken_thenTheyAreOneRun() {
        take(5, 20, Fate.duplicateOf(frame(2)));
        take(6, 21, Fate.duplicateOf(frame(3)));

        take(7, 22, Fate.duplicateOf(frame(9)));

        assertThat(log.state().runs())
                .containsExactly(
                        new FateRun(0, "duplicate", "", 5, 6, 2, frame(20), frame(2)),
                        new FateRun(0, "duplicate", "", 7, 7, 1, frame(22), frame(9)));
    }

    @Test
    void givenTrainedSamples_whenTakenBack_thenTheyAreSkippedAndTheOthersStayAsTheyAre() {
        take(0, 10, Fate.of(Fate.TRAINED));
        take(1, 11, Fate.of(Fate.HELD_OUT));

        log.takeBack();

        take(2, 12, Fate.of(Fate.TRAINED));
        assertThat(log.state().runs())
                .containsExactly(
                        new FateRun(0, "skipped", "TAKEN_BACK", 0, 0, 1, frame(10), null),
                        new FateRun(0, "held-out", "", 1, 1, 1, frame(11), null),
                        new FateRun(0, "trained", "", 2, 2, 1, frame(12), null));
    }

    @Test
    void givenReasonsThatDiffer_whenTaken_thenTheRunsAreTwo() {
        take(5, 20, Fate.because(Fate.DEAD_LETTERED, "BAD_TENSOR"));

        take(6, 21, Fate.because(Fate.DEAD_LETTERED, "WRONG_TEACHER"));

        assertThat(log.state().runs()).extracting(FateRun::reason).containsExactly("BAD_TENSOR", "WRONG_TEACHER");
    }

    @Test
    void givenALaterDecision_whenTaken_thenItReplacesTheEarlierOne() {
        log.decide(new SampleReference(0, 1), Fate.of(Fate.TRAINED));

        take(1, 1, Fate.because(Fate.SKIPPED, "gradient"));

        assertThat(log.state().runs()).extracting(FateRun::fate).containsExactly("skipped");
    }

    @Test
    void givenASampleWithoutADecision_whenTaken_thenItIsABug() {
        assertThatThrownBy(() -> log.took(new SampleReference(0, 1), null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void givenFramesThatNeverFollow_whenTaken_thenAVersionIsDueAtTheBoundAndEmptiesIt() {
        for (int i = 0; i < FateLog.MOST_RUNS; i++) {
            assertThat(log.isFull()).isFalse();
            take(i, 2L * i, Fate.of(Fate.HELD_OUT));
        }
        assertThat(log.isFull()).isTrue();

        log.published(Map.of(0, (long) FateLog.MOST_RUNS));

        assertThat(log.isFull()).isFalse();
        assertThat(log.state().from()).containsEntry(0, (long) FateLog.MOST_RUNS);
    }

    @Test
    void givenATopicThatIsMadeAnew_whenGoneOnWith_thenWhatWasReadOfTheOldOneStaysUntilTheNextVersion()
            throws Exception {
        take(0, 10, Fate.of(Fate.TRAINED));

        log.restore(log.state().onNewTopic(Map.of(0, 1L)));

        take(0, 11, Fate.of(Fate.TRAINED));
        JsonNode partitions = new ObjectMapper()
                .readTree(FatesFile.write("street", "samples", 3, log.state(), Map.of(0, 1L)))
                .path("partitions");
        assertThat(partitions).hasSize(2);
        assertThat(partitions.findValuesAsText("to")).containsExactly("1", "1");
        assertThat(partitions
                        .path(0)
                        .path("runs")
                        .path(0)
                        .path("frames")
                        .path("first")
                        .asLong())
                .isEqualTo(10);
        assertThat(partitions
                        .path(1)
                        .path("runs")
                        .path(0)
                        .path("frames")
                        .path("first")
                        .asLong())
                .isEqualTo(11);
        log.published(Map.of(0, 1L));
        assertThat(log.state().earlier()).isEmpty();
    }

    @Test
    void givenAState_whenRestored_thenTheNextSampleJoinsItsRun() {
        take(0, 10, Fate.of(Fate.TRAINED));
        FateLog.State state = log.state();
        take(1, 11, Fate.of(Fate.TRAINED));

        log.restore(state);

        take(1, 11, Fate.of(Fate.TRAINED));
        assertThat(log.state().runs()).containsExactly(new FateRun(0, "trained", "", 0, 1, 2, frame(10), null));
    }
}
