package dev.reflux.registry.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Candidate against champion: by the champion's scores on the candidate's own held-out frames where there are some. */
class JudgmentTest {

    private static final GateRules RULES = GateRules.DEFAULT;

    /** The champion was scored on easy frames, in an easy hour. */
    private static final Map<String, Double> CHAMPION =
            Map.of("holdout.miou", 0.5, "holdout.class.road", 0.9, "holdout.domain.day", 0.5);

    private static Map<String, Double> candidate(double miou, Map<String, Double> more) {
        Map<String, Double> metrics = new HashMap<>(Map.of("holdout.miou", miou, "holdout.class.road", 0.8));
        metrics.putAll(more);
        return metrics;
    }

    private static Map<String, Double> champion(long version, double miou) {
        return Map.of(
                "champion.version",
                (double) version,
                "champion.holdout.miou",
                miou,
                "champion.holdout.class.road",
                0.75);
    }

    @Test
    void givenABetterStudentOnHarderFrames_whenJudged_thenItPassesBecauseTheChampionIsWorseOnThem() {
        Judgment judgment = Judgment.of(RULES, 4, candidate(0.45, champion(3, 0.4)), 3, CHAMPION);

        assertThat(judgment.passes()).isTrue();
        assertThat(judgment.figures())
                .containsExactlyInAnyOrder(
                        new Figure("holdout.miou", 0.45, 0),
                        new Figure("holdout.miou", 0.45, 0.4 - 0.005),
                        new Figure("holdout.class.road", 0.8, 0.75 - 0.05));
    }

    @Test
    void givenADamagedStudentOnEasierFrames_whenJudged_thenItIsRefusedAlthoughItsScoreIsHigher() {
        Judgment judgment = Judgment.of(RULES, 4, candidate(0.55, champion(3, 0.7)), 3, CHAMPION);

        assertThat(judgment.passes()).isFalse();
        assertThat(judgment.reason()).contains("holdout.miou");
    }

    @Test
    void givenScoresOfAnotherChampion_whenJudged_thenThePresentChampionsOwnScoresCount() {
        Judgment judgment = Judgment.of(RULES, 4, candidate(0.45, champion(2, 0.4)), 3, CHAMPION);

        assertThat(judgment.passes()).isFalse();
        assertThat(judgment.figures()).contains(new Figure("holdout.miou", 0.45, 0.5 - 0.005));
    }

    @Test
    void givenNoChampion_whenJudged_thenOnlyTheFloorCounts() {
        Judgment judgment = Judgment.of(RULES, 1, candidate(0.1, Map.of()), 0, Map.of());

        assertThat(judgment.passes()).isTrue();
        assertThat(judgment.figures()).containsExactly(new Figure("holdout.miou", 0.1, 0));
    }

    @Test
    void givenNoLabelOnAnyHeldOutFrame_whenJudged_thenTheAgreementWithTheTeacherCounts() {
        Map<String, Double> candidate =
                Map.of("holdout.agreement", 0.8, "champion.version", 3.0, "champion.holdout.agreement", 0.9);

        Judgment judgment = Judgment.of(RULES, 4, candidate, 3, Map.of("holdout.agreement", 0.7));

        assertThat(judgment.passes()).isFalse();
        assertThat(judgment.figures())
                .containsExactly(
                        new Figure("holdout.agreement", 0.8, 0), new Figure("holdout.agreement", 0.8, 0.9 - 0.005));
    }

    @Test
    void givenAFloorAndNoLabel_whenJudged_thenAnAgreementDoesNotPassForAnMiou() {
        GateRules floor = new GateRules(0.3, 0.005, 0.05, 0.02, RULES.quiet(), RULES.reports(), RULES.reportShare());

        Judgment judgment = Judgment.of(floor, 4, Map.of("holdout.agreement", 0.99), 0, Map.of());

        assertThat(judgment.passes()).isFalse();
        assertThat(judgment.reason()).contains("holdout.miou is not known");
    }

    @Test
    void givenAChampionThatWasJudgedByAgreement_whenACandidateHasLabels_thenTheAgreementIsNotCompared() {
        Judgment judgment = Judgment.of(RULES, 4, candidate(0.4, Map.of()), 3, Map.of("holdout.agreement", 0.95));

        assertThat(judgment.passes()).isTrue();
        assertThat(judgment.figures()).containsExactly(new Figure("holdout.miou", 0.4, 0));
    }
}
