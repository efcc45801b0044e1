package dev.reflux.trainer.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.trainer.Samples;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames keep their label, by one camera whose labels are foreign. */
class LabelsAsideTest {

    private static final Verdict FOREIGN = new Verdict(Fault.FOREIGN_LABEL, "", true);

    private static LabelsAside aside(boolean distrust) {
        return new LabelsAside(new LabelDoubts(() -> 0.8, distrust, new GuardListener() {}), distrust);
    }

    private static TrainingSample bad(int i) {
        return Samples.decoded(i).withLabel(Samples.label(i, 2));
    }

    /** Lets the student look at a frame, which says what the teacher says. */
    private static void look(LabelsAside aside, TrainingSample sample) {
        aside.saw(sample, sample.logits().classes());
    }

    private static LabelsAside doubting(boolean distrust) {
        LabelsAside aside = aside(distrust);
        for (int i = 0; i < LabelDoubts.ENOUGH; i++) {
            look(aside, bad(i));
        }
        assertThat(aside.doubted()).isEqualTo(1);
        return aside;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givenADoubtedCamera_whenAFrameComes_thenItKeepsItsLabelOnlyWithoutDistrust(boolean distrust) {
        LabelsAside aside = doubting(distrust);

        TrainingSample trusted = aside.trusted(bad(50), Verdict.SANE);

        assertThat(trusted.isLabeled()).isEqualTo(!distrust);
        assertThat(aside.endWindow()).as("held frames lose theirs").isEqualTo(distrust);
    }

    @Test
    void givenALabelThatIsSetAside_whenTheStudentLooksAtItsFrame_thenItIsComparedAllTheSame() {
        LabelsAside aside = doubting(true);
        aside.endWindow();

        for (int i = 50; i < 150; i++) {
            look(aside, aside.trusted(Samples.decoded(i), Verdict.SANE));
            aside.endWindow();
        }

        assertThat(aside.doubted()).as("its labels have become right").isZero();
    }

    @Test
    void givenAFrameThatTheGuardAskedAbout_whenTheStudentLooksAtItAgain_thenItCountsOnce() {
        LabelsAside aside = aside(true);

        look(aside, bad(1));
        look(aside, aside.trusted(bad(1), FOREIGN));

        assertThat(aside.state(List.of()).doubts())
                .singleElement()
                .extracting(DoubtState::frames)
                .isEqualTo(1L);
    }

    @Test
    void givenAState_whenRestored_thenSamplesThatAreReadAgainHaveTheLabelsThatTheyHad() {
        LabelsAside before = aside(true);
        TrainingSample kept = before.trusted(bad(1), Verdict.SANE);
        TrainingSample lost = before.trusted(bad(2), FOREIGN);
        TrainingSample gone = before.trusted(bad(3), FOREIGN);
        List<SampleReference> held = List.of(kept.reference(), lost.reference());
        LabelsAside after = aside(false);
        after.restore(before.state(held), held);

        List<TrainingSample> again = after.again(List.of(bad(1), bad(2), bad(3)));

        assertThat(gone.isLabeled()).isFalse();
        assertThat(again).extracting(TrainingSample::isLabeled).containsExactly(true, false, true);
    }

    @Test
    void givenHeldFramesOfADoubtedCamera_whenTheyLoseTheirLabels_thenThoseOfOthersKeepThem() {
        LabelsAside aside = doubting(true);
        TrainingSample other = Samples.decoded(60, Samples.with(60, frame -> frame.setCameraId("other")));

        List<TrainingSample> held = aside.trustedOf(List.of(bad(0), other));

        assertThat(held).extracting(TrainingSample::isLabeled).containsExactly(false, true);
        assertThat(aside.state(List.of(new SampleReference(0, 0))).aside()).containsExactly(new SampleReference(0, 0));
    }
}
