package dev.reflux.trainer.wanted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.trainer.Samples;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.FirstSight;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scores against values that were computed by hand. */
class FrameScoreTest {

    private static final double[] WEIGHTS = {0.5, 1, 3};

    /** Three classes, two cells. */
    private static FirstSight sight(LabelMap student, LabelMap teacher, float... logits) {
        TrainingSample sample = Samples.decoded(0);
        LogitMap said = new LogitMap(new TensorShape(3, 1, 2), logits);
        return new FirstSight(sample.withTensors(sample.projected(), said), student, teacher, WEIGHTS);
    }

    private static LabelMap cells(int... ids) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return new LabelMap(2, ids.length / 2, bytes);
    }

    @Test
    void givenTwoOfFourCellsThatDiffer_whenScored_thenEveryPartIsAsByHand() {
        float ln2 = (float) Math.log(2);
        // The first cell has three equal classes, the second the probabilities 1/2, 1/4, 1/4: 3/2 · ln 2.
        FirstSight sight = sight(cells(0, 1, 2, 1), cells(0, 2, 2, 0), 5, ln2, 5, 0, 5, 0);

        FrameScore score = FrameScore.of(sight);

        assertThat(score.disagreement()).isEqualTo(0.5);
        assertThat(score.rarity()).isEqualTo((3 + 0.5) / 2);
        assertThat(score.uncertainty()).isEqualTo((1 + 1.5 * Math.log(2) / Math.log(3)) / 2, within(1e-6));
        assertThat(score.value()).isEqualTo(0.875 + 0.973198, within(1e-6));
        assertThat(score.parts())
                .isEqualTo(Map.of(
                        "disagreement",
                        score.disagreement(),
                        "rarity",
                        score.rarity(),
                        "uncertainty",
                        score.uncertainty()));
    }

    @Test
    void givenAStudentThatAgreesWithASureTeacher_whenScored_thenItIsZeroAndAbsurdLogitsAreNoTrouble() {
        FirstSight sight = sight(cells(0, 2), cells(0, 2), 9999, -9999, -9999, -9999, -9999, 9999);

        FrameScore score = FrameScore.of(sight);

        assertThat(score).isEqualTo(new FrameScore(0, 1, 0));
        assertThat(score.value()).isZero();
    }

    @Test
    void givenAClassThatIsRarer_whenTheSameCellsDiffer_thenTheScoreIsHigher() {
        FirstSight common = sight(cells(1, 1), cells(0, 1), 0, 0, 0, 0, 0, 0);

        FrameScore rare = FrameScore.of(sight(cells(1, 1), cells(2, 1), 0, 0, 0, 0, 0, 0));

        assertThat(rare.value() - FrameScore.of(common).value()).isEqualTo(0.5 * (3 - 0.5), within(1e-12));
        assertThat(rare.uncertainty()).isEqualTo(1, within(1e-12));
    }
}
