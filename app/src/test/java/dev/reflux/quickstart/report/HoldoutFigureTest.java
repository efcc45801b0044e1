package dev.reflux.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HoldoutFigureTest {

    @Test
    void givenAScoreByLabels_whenItIsRead_thenItIsAMiouOnThoseFrames() {
        Map<String, Double> metrics = Map.of("holdout.miou", 0.512, "holdout.frames", 12.0);

        HoldoutFigure figure = HoldoutFigure.of(metrics);

        assertThat(figure.isAgreement()).isFalse();
        assertThat(figure.miou()).isEqualTo(0.512);
        assertThat(figure.brief()).isEqualTo("51.2 %");
        assertThat(figure.basis()).isEqualTo("12 labeled frames");
    }

    @Test
    void givenOneLabeledFrame_whenTheScoreIsRead_thenItIsOnOneFrame() {
        Map<String, Double> metrics = Map.of("holdout.miou", 0.5, "holdout.frames", 1.0);

        HoldoutFigure figure = HoldoutFigure.of(metrics);

        assertThat(figure.basis()).isEqualTo("1 labeled frame");
    }

    @Test
    void givenNoLabeledFrame_whenTheScoreIsRead_thenItIsAnAgreementAndNoMiou() {
        Map<String, Double> metrics =
                Map.of("holdout.frames", 0.0, "holdout.agreement", 0.871, "holdout.agreement.frames", 20.0);

        HoldoutFigure figure = HoldoutFigure.of(metrics);

        assertThat(figure.isAgreement()).isTrue();
        assertThat(figure.miou()).isNaN();
        assertThat(figure.brief()).isEqualTo("agreement 87.1 %");
        assertThat(figure.basis()).isEqualTo("agreement 87.1 % (too few labels)");
    }

    @Test
    void givenNoHeldOutFrame_whenTheScoreIsRead_thenThereIsNone() {
        HoldoutFigure figure = HoldoutFigure.of(Map.of());

        assertThat(figure.isAgreement()).isFalse();
        assertThat(figure.brief()).isEqualTo("-");
        assertThat(figure.basis()).isEqualTo("–");
    }
}
