package dev.reflux.lab.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShareTallyTest {

    private static final double LN2 = Math.log(2);

    /** Z_s is 0 everywhere, so H(Z_s) is ln 2; Z_t is ±2, so H(Z_t) is ln(1 + e^∓2). */
    @Test
    void givenARightAMissedAndAnUnlabelledCell_whenTallied_thenEachClassHasItsSharesByHand() {
        ShareTally tally = new ShareTally(3);
        LogitMap student = new LogitMap(new TensorShape(3, 1, 3), new float[9]);
        LogitMap teacher = new LogitMap(new TensorShape(3, 1, 3), new float[] {2, -2, 2, -2, 2, -2, -2, -2, -2});

        // Cell 0: labelled 0, said 0. Cell 1: labelled 0, said 1. Cell 2: no label.
        tally.add(labels(0, 0, 255), labels(0, 1, 0), student, teacher);

        double surelyRight = LN2 / (LN2 + Math.log1p(Math.exp(-2)));
        double surelyWrong = LN2 / (LN2 + Math.log1p(Math.exp(2)));
        List<ShareTally.Shares> shares = tally.shares();
        assertThat(shares.get(0).right().share()).isCloseTo(surelyRight, within(1e-7));
        assertThat(shares.get(0).missed().share()).isCloseTo(surelyWrong, within(1e-7));
        assertThat(shares.get(0).labelled().share()).isCloseTo((surelyRight + surelyWrong) / 2, within(1e-7));
        assertThat(shares.get(0).labelled().cells()).isEqualTo(2);
        assertThat(shares.get(1).falseAlarm().share()).isCloseTo(surelyWrong, within(1e-7));
        assertThat(shares.get(1).wrong().cells()).isEqualTo(1);
        assertThat(shares.get(1).labelled().cells()).isZero();
        assertThat(shares.get(1).labelled().value()).isNaN();
        assertThat(shares.get(2)).isEqualTo(new ShareTally.Shares(none(), none(), none()));
    }

    @Test
    void givenFiguresOfTwoClasses_whenShown_thenTheTeachersWorstClassComesFirstAndAllIsWeightedByCells() {
        TruthFigures figures = new TruthFigures(
                "tiny",
                "8x8",
                "hakd",
                1,
                1,
                List.of(
                        new TruthFigures.Row(
                                "road",
                                0.9,
                                List.of(0.8),
                                75,
                                new ShareTally.Shares(new MeanShare(0.9, 3), new MeanShare(0.1, 1), none())),
                        new TruthFigures.Row(
                                "pole",
                                0.1,
                                List.of(0.2),
                                25,
                                new ShareTally.Shares(none(), none(), new MeanShare(0.3, 1)))));

        String text = figures.text();

        assertThat(text.indexOf("pole")).isLessThan(text.indexOf("road"));
        // IoU 0.5 in either mean; 2 of 5 wrong; (2.7 + 0.1) / 4 and (0.1 + 0.3) / 2.
        assertThat(text.replaceAll(" +", " "))
                .contains("| road | 75.0 | 90.0 | 80.0 | 25.0 | 0.70 | 0.90 | 0.10 | 0.10 | - |")
                .contains("| pole | 25.0 | 10.0 | 20.0 | 100.0 | - | - | 0.30 | - | 0.30 |")
                .contains("| all (IoU: mean) | 100.0 | 50.0 | 50.0 | 40.0 | 0.70 | 0.90 | 0.20 | 0.10 | 0.30 |");
        assertThat(figures.plot()).contains("pole", "S_t missed");
    }

    private static MeanShare none() {
        return MeanShare.of(0, 0);
    }

    private static LabelMap labels(int... ids) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return new LabelMap(ids.length, 1, bytes);
    }
}
