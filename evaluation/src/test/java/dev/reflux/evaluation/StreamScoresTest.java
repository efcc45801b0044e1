package dev.reflux.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamScoresTest {

    private static final byte[] ROAD = {0, 0, 0, 0};
    private static final byte[] SKY = {1, 1, 1, 1};

    @Test
    void givenFadedFrames_whenAskedForTheFractionOfRightPixels_thenOldOnesCountLess() {
        Prequential score = new Prequential(3, 0.5);
        assertThat(score.pixelAccuracy()).isNaN();
        score.add(new byte[] {0, 1, 2, 0}, new byte[] {1, 2, 0, 2});

        score.add(new byte[] {0, 1, 2, 0}, new byte[] {0, 1, 2, 2});

        assertThat(score.pixelAccuracy()).isEqualTo(3 / 6.0);
    }

    @Test
    void givenNoFading_whenScored_thenPrequentialIsThePlainMiou() {
        Prequential prequential = new Prequential(2, 1.0);
        ConfusionMatrix plain = new ConfusionMatrix(2);
        byte[] half = {0, 0, 1, 1};
        for (byte[] label : List.of(ROAD, SKY, half)) {
            prequential.add(half, label);
            plain.add(half, label);
        }

        assertThat(prequential.miou()).isCloseTo(plain.miou(), within(1e-12));
        assertThat(prequential.frames()).isEqualTo(3);
    }

    /** Right once, then wrong for ever: with α = 0.5 the intersection is 4·0.5^n of about 16 pixels of union. */
    @Test
    void givenFading_whenTheWorldChanges_thenTheOldScoreFades() {
        Prequential prequential = new Prequential(2, 0.5);
        prequential.add(ROAD, ROAD);
        assertThat(prequential.miou()).isEqualTo(1.0);

        prequential.add(SKY, ROAD);

        // Road: 2 right of 2 + 4; sky: none of 4.
        assertThat(prequential.miou()).isCloseTo((2.0 / 6 + 0) / 2, within(1e-12));
    }

    @Test
    void givenAState_whenRestored_thenTheScoreGoesOnTheSame() {
        Prequential one = new Prequential(2, 0.9);
        one.add(SKY, ROAD);
        Prequential other = new Prequential(2, 0.9);

        other.restore(one.state());
        one.add(ROAD, ROAD);
        other.add(ROAD, ROAD);

        assertThat(other.miou()).isEqualTo(one.miou());
        assertThat(other.frames()).isEqualTo(2);
        assertThat(new Prequential(2, 0.9).miou()).isNaN();
    }

    /** The worked example: three domains; the first is forgotten by 0.2 and 0.1 of it is won back. */
    @Test
    void givenTheScoresAfterEachDomain_whenSummedUp_thenTransferAndForgettingAreByDefinition() {
        ContinualScores scores = new ContinualScores(3);
        scores.learnt(new double[] {0.5, 0.1, 0.1});
        scores.learnt(new double[] {0.6, 0.7, 0.2});
        scores.learnt(new double[] {0.4, 0.65, 0.8});

        assertThat(scores.average()).isCloseTo((0.4 + 0.65 + 0.8) / 3, within(1e-12));
        assertThat(scores.backwardTransfer()).isCloseTo(((0.4 - 0.5) + (0.65 - 0.7)) / 2, within(1e-12));
        assertThat(scores.forgetting()).isCloseTo(((0.6 - 0.4) + (0.7 - 0.65)) / 2, within(1e-12));
        assertThatThrownBy(() -> scores.learnt(new double[] {1, 1, 1})).isInstanceOf(IllegalArgumentException.class);
    }

    /** Day, day again, dusk: day's home is the second leg; a domain that no leg has is scored and has no past. */
    @Test
    void givenADomainOfTwoLegs_whenSummedUp_thenItsLastLegIsItsHome() {
        ContinualScores scores = new ContinualScores(3, new int[] {0, 0, 1});
        scores.learnt(new double[] {0.7, 0.1, 0.3});
        scores.learnt(new double[] {0.5, 0.2, 0.3});

        scores.learnt(new double[] {0.6, 0.8, 0.3});

        assertThat(scores.backwardTransfer()).isCloseTo(0.6 - 0.5, within(1e-12));
        assertThat(scores.forgetting()).isCloseTo(0.7 - 0.6, within(1e-12));
        assertThat(scores.average()).isCloseTo((0.6 + 0.8 + 0.3) / 3, within(1e-12));
    }

    /** Day, night, day: night is what may be forgotten, day is where the stream ends. */
    @Test
    void givenADomainThatComesBack_whenSummedUp_thenOnlyTheOtherHasAPast() {
        ContinualScores scores = new ContinualScores(2, new int[] {0, 1, 0});
        scores.learnt(new double[] {0.7, 0.1});
        scores.learnt(new double[] {0.4, 0.6});

        scores.learnt(new double[] {0.8, 0.35});

        assertThat(scores.backwardTransfer()).isCloseTo(0.35 - 0.6, within(1e-12));
        assertThat(scores.forgetting()).isCloseTo(0.6 - 0.35, within(1e-12));
        assertThat(new ContinualScores(1, new int[] {0})).satisfies(one -> {
            one.learnt(new double[] {0.5});
            assertThat(one.forgetting()).isNaN();
        });
    }

    @Test
    void givenFramesOfTwoDomains_whenScored_thenEachHasItsOwnAndTheTotalIsTheirSum() {
        LabelSchema schema = LabelSchema.of("two", List.of(new LabelClass(0, "road", 0), new LabelClass(1, "sky", 1)));
        DomainScores scores = new DomainScores(schema);

        scores.add("day", ROAD, ROAD);
        scores.add("night", ROAD, SKY);
        SegmentationScore score = scores.score();

        assertThat(score.perDomain()).containsExactlyInAnyOrderEntriesOf(Map.of("day", 1.0, "night", 0.0));
        assertThat(score.perClass()).containsEntry("road", 0.5).containsEntry("sky", 0.0);
        assertThat(score.miou()).isEqualTo(0.25);
        assertThat(score.frames()).isEqualTo(2);
    }

    @Test
    void givenTheHoldoutRule_whenAsked_thenBlocksStayWholeAndTheFractionHolds() {
        HoldoutRule rule = new HoldoutRule(0.1);
        int held = 0;
        int blocks = 20_000;
        for (int block = 0; block < blocks; block++) {
            long start = block * 10_000_000L;
            boolean first = rule.holdsOut("cam-7", start);
            assertThat(rule.holdsOut("cam-7", start + 9_999_999)).isEqualTo(first);
            held += first ? 1 : 0;
        }

        assertThat(held / (double) blocks).isCloseTo(0.1, within(0.01));
        assertThat(new HoldoutRule(0).holdsOut("c", 5)).isFalse();
    }

    /** Every process of every release must hold out the same frames: the first blocks of one camera are pinned. */
    @Test
    void givenACamera_whenAsked_thenTheHeldOutBlocksAreTheOnesThatOthersHoldOut() {
        HoldoutRule rule = new HoldoutRule(0.25);
        StringBuilder blocks = new StringBuilder();
        for (int block = 0; block < 32; block++) {
            blocks.append(rule.holdsOut("front", block * 10_000_000L) ? 'x' : '.');
        }

        assertThat(blocks.toString()).isEqualTo(".x.x...x..xx...x.x.xx...x..x.x.x");
    }
}
