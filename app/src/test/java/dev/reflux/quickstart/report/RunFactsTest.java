package dev.reflux.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.quickstart.report.ReportHtml.StripRow;
import dev.reflux.trainer.checkpoint.TrainerState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of 30 frames, one is a dead letter. */
class RunFactsTest {

    private static final RunFacts.Labels ALL = new RunFacts.Labels(30, 0, 0);
    private static final RunFacts.Labels FEW = new RunFacts.Labels(1, 4, 25);
    private static final TrainerState.Counts OF_ALL = new TrainerState.Counts(26, 3, 0, 0);
    private static final TrainerState.Counts OF_FEW = new TrainerState.Counts(26, 3, 0, 0, 4);
    private static final StripRow ROW = new StripRow(
            new RgbImage(1, 1, new byte[3]), List.of(new LabelMap(1, 1, new byte[1]), new LabelMap(1, 1, new byte[1])));

    @ParameterizedTest
    @CsvSource({"0, 0, 0, true", "4, 4, 0, true", "4, 3, 0, false", "4, 5, 0, false", "4, 4, 1, false"})
    void givenLateLabels_whenTheOutcomesAreCounted_thenEachLabelCountsOnce(
            long offered, long taken, long duplicates, boolean complete) {
        RunFacts facts = SomeFacts.with(
                new RunFacts.Labels(30 - offered, offered, 0), new TrainerState.Counts(26, 3, duplicates, 0, taken));

        boolean said = facts.complete();

        assertThat(said).isEqualTo(complete);
    }

    @Test
    void givenEveryLabel_whenTheReportIsWritten_thenWhatTaughtIsOneSentence() {
        RunFacts facts = SomeFacts.with(ALL, OF_ALL);

        String html = ReportHtml.of(facts, List.of(), List.of());

        assertThat(html)
                .contains(
                        "Every frame had its label. Labels taught 100 % of the pixels, the teacher 0 %.</p></section>")
                .doesNotContain("late labels");
    }

    @Test
    void givenFewLabels_whenTheReportIsWritten_thenItHasCountsCourseAndFramesWithoutALabel() {
        RunFacts facts = SomeFacts.with(FEW, OF_FEW);

        String html = ReportHtml.of(facts, List.of(), List.of(ROW));

        assertThat(html)
                .contains("Labels taught 6 % of the pixels, the teacher 94 %.")
                .contains("<td>frames whose label came later</td><td>4</td>")
                .contains("<td>frames without a label</td><td>25</td>")
                .contains("<td>late labels taken</td><td>4</td>")
                .contains("pixels of a step that labels taught")
                .contains("alt=\"frame without a label 1: teacher\"", "alt=\"frame without a label 1: student after\"");
    }

    @Test
    void givenAVersionWithoutALabeledFrame_whenTheReportIsWritten_thenItsAgreementIsNotInTheColumnOfTheMiou() {
        RunFacts facts = SomeFacts.with(
                FEW,
                OF_FEW,
                Map.of("holdout.agreement", 0.871, "holdout.agreement.frames", 3.0),
                Map.of("holdout.miou", 0.42, "holdout.frames", 2.0));

        String html = ReportHtml.of(facts, List.of(), List.of());

        assertThat(html)
                .contains("<td>–</td><td>agreement 87.1 % (too few labels)</td>")
                .contains("<td>42.0</td><td>2 labeled frames</td>");
    }

    @Test
    void givenAVehicleAtAnOlderVersion_whenTheReportIsWritten_thenItSaysWhatTheNewestScores() {
        RunFacts facts = SomeFacts.with(FEW, OF_FEW, Map.of(), Map.of());

        String html = ReportHtml.of(facts, List.of(), List.of());

        assertThat(html)
                .contains("holds vehicles at version 1; the newest, version 2, has a test mIoU of 50.0.")
                .contains("<td>v1 (pulled)</td>", "<td>v2</td>");
    }

    @Test
    void givenFewLabels_whenTheReportIsWrittenForMachines_thenItSaysWhatTaught() throws Exception {
        RunFacts facts =
                SomeFacts.with(FEW, OF_FEW, Map.of("holdout.agreement", 0.871, "holdout.agreement.frames", 3.0));

        JsonNode json = new ObjectMapper().readTree(ReportJson.of(facts));

        assertThat(json.path("frames").path("lateLabels").asLong()).isEqualTo(4);
        assertThat(json.path("frames").path("labels").asLong()).isEqualTo(4);
        JsonNode taught = json.path("taught");
        assertThat(taught.path("labeledFrames").asLong()).isEqualTo(1);
        assertThat(taught.path("lateLabeledFrames").asLong()).isEqualTo(4);
        assertThat(taught.path("unlabeledFrames").asLong()).isEqualTo(25);
        assertThat(taught.path("byLabels").asDouble()).isEqualTo(6.25);
        assertThat(taught.path("byTeacher").asDouble()).isEqualTo(93.75);
        assertThat(json.path("losses").get(0).path("taughtByLabels").asDouble()).isEqualTo(12.5);
        JsonNode version = json.path("versions").get(0);
        assertThat(version.path("holdoutMiou").isNull()).isTrue();
        assertThat(version.path("holdoutAgreement").asDouble()).isEqualTo(87.1);
        assertThat(version.path("holdoutAgreementFrames").asInt()).isEqualTo(3);
    }
}
