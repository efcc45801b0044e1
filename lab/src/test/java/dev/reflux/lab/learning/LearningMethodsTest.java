package dev.reflux.lab.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelGrid;
import dev.reflux.lab.rivals.ChannelWise;
import dev.reflux.lab.rivals.StructuredPairs;
import dev.reflux.trainer.distillation.KemAxis;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.UnlabeledCells;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningMethodsTest {

    private static final LearningMethod.Tuning DEFAULTS = new LearningMethod.Tuning(
            0.25,
            0,
            0.002,
            250,
            "reservoir",
            1,
            LabelGrid.NEAREST,
            false,
            0,
            0.95,
            0.5,
            1,
            0,
            1,
            Pick.EVEN,
            WrongLabels.NONE,
            0,
            false);

    @Test
    void givenTheStandardNames_whenParsed_thenEachHasItsOwnLoss() {
        List<LearningMethod> methods = LearningMethods.parse(LearningMethods.STANDARD);

        assertThat(methods)
                .extracting(LearningMethod::loss)
                .containsExactly(
                        LossSettings.labelsOnly(0),
                        LossSettings.labelsOnly(0),
                        LossSettings.plainKl(1),
                        StructuredPairs.asPublished(),
                        ChannelWise.asPublished(),
                        LossSettings.standard(),
                        new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, false, true, 3),
                        new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, true, false, 3),
                        new LossSettings(0.1, 10, 1, 1, KemAxis.PIXELS, false, false, 3),
                        LossSettings.labelsOnly(0));
        assertThat(methods).extracting(LearningMethod::learns).containsOnlyOnce(false);
        assertThat(methods).extracting(LearningMethod::tuning).containsOnly(DEFAULTS);
        assertThat(methods.get(9).kind()).isEqualTo(LearningMethod.Kind.OFFLINE);
    }

    @Test
    void givenSettingsOfItsOwn_whenParsed_thenTheMethodHasThemAndNothingElseChanges() {
        LearningMethod method = LearningMethods.parse(
                        List.of(
                                "hakd:kd=1:hakd=3:tau=0.7:kemtau=2:axis=classes:projection=2:warmup=0:updates=2:lr=0.001:buffer=balanced:enough=0.6:labels=area:relu=true:der=0.5:ema=0.9:balance=0.3:mir=3:every=32:pick=even-late:wrong=0.4:wrong-kind=blocks:replay-labels=0.75:u-ce=0.5:u-kd=2:u-hakd=0"))
                .get(0);

        assertThat(method.loss())
                .isEqualTo(
                        new LossSettings(1, 3, 2, 0.7, KemAxis.CLASSES, true, true, 2, new UnlabeledCells(0.5, 2, 0)));
        assertThat(method.tuning())
                .isEqualTo(new LearningMethod.Tuning(
                        0,
                        2,
                        0.001,
                        250,
                        "balanced",
                        0.6,
                        LabelGrid.AREA,
                        true,
                        0.5,
                        0.9,
                        0.3,
                        1,
                        3,
                        32,
                        Pick.EVEN_LATE,
                        new WrongLabels(0.4, WrongLabels.Kind.BLOCKS),
                        0.75,
                        false));
        assertThat(method.costsStepsAlone()).isFalse();
        assertThat(LearningMethods.parse(List.of("hakd")).get(0).tuning()).isEqualTo(DEFAULTS);
    }

    @Test
    void givenDistrust_whenParsed_thenTheMethodSetsLabelsAside() {
        LearningMethod method =
                LearningMethods.parse(List.of("ce+kl:distrust=true")).get(0);

        assertThat(method.tuning().distrust()).isTrue();
    }

    @Test
    void givenARivalWithSettings_whenParsed_thenTheyAreItsOwn() {
        List<LearningMethod> methods =
                LearningMethods.parse(List.of("ce+kl:kd=0.3:tau=2", "skd:kd=1:pair=0.5:tau=2", "cwd:cwd=1:tau=2"));

        assertThat(methods)
                .extracting(LearningMethod::loss)
                .containsExactly(
                        LossSettings.plainKl(0.3).withTau(2),
                        new StructuredPairs(1, 0.5, 2, 2, 1),
                        new ChannelWise(1, 2, 0));
    }

    @Test
    void givenNoLabelAtAll_whenAMethodThatLearnsFromLabelsAloneIsParsed_thenItIsRefused() {
        assertThatThrownBy(() -> LearningMethods.parse(List.of("ce:every=0")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("learns from labels alone");
    }

    @Test
    void givenALearningRateForAll_whenParsed_thenThoseThatNameOneKeepTheirs() {
        List<LearningMethod> methods = LearningMethods.parse(List.of("ce", "hakd:lr=0.003"), 0.001);

        assertThat(methods).extracting(method -> method.tuning().learningRate()).containsExactly(0.001, 0.003);
    }

    @Test
    void givenACrop_whenParsed_thenStepsOnWholeFramesDoNotTellItsTime() {
        LearningMethod method = LearningMethods.parse(List.of("hakd:crop=0.75")).get(0);

        assertThat(method.tuning().crop()).isEqualTo(0.75);
        assertThat(method.costsStepsAlone()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "afdcd|no method",
                "hakd:tau|without a value",
                "hakd:tau=warm|give a number",
                "hakd:tau=-1|give a number",
                "ce:tau=1|does not have",
                "hakd:axis=rows|[pixels",
                "hakd:labels=soft|[nearest",
                "hakd:relu=1|[true",
                "ce:relu=true|does not have",
                "cwd:labels=area|does not have",
                "cwd:kd=1|does not have",
                "ce:balance=1.5|above 1",
                "ce:wrong=1.5|above 1",
                "ce:wrong-kind=lens|[frame",
                "ce:distrust=true|leave distrust out",
                "hakd:every=16:pick=random:distrust=true|leave distrust out",
                "ce:ema=1|below it",
                "ce+kl:tau=0|above it",
                "hakd:crop=0|above it",
                "hakd:crop=1.5|above 1",
                "hakd:crop=0.5:der=0.5|leave one out",
                "hakd:every=16:pick=best|[even, even-late, random, wanted, disagreement, uncertainty]",
                "hakd:pick=wanted|every=2 or above",
                "hakd:every=0:pick=random|every=2 or above",
                "ce:every=16:pick=wanted|learn from frames without a label",
                "offline-hakd:every=16:pick=wanted|has to stream"
            })
    void givenAWrongWord_whenParsed_thenOneSentenceNamesIt(String word, String says) {
        assertThatThrownBy(() -> LearningMethods.parse(List.of(word)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(word)
                .hasMessageContaining(says);
    }

    @Test
    void givenAMethodTwice_whenParsed_thenItIsRefused() {
        assertThatThrownBy(() -> LearningMethods.parse(List.of("ce", "ce")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("twice");
    }
}
