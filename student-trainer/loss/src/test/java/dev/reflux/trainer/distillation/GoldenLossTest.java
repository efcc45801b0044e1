package dev.reflux.trainer.distillation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.trainer.distillation.GoldenCases.Case;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every term and gradient of HeteroAKD against an independent implementation in double precision. */
class GoldenLossTest {

    private static TorchRuntime runtime;
    private static HeteroAkdLoss loss;
    private static GoldenCases golden;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(2, "cpu"));
        loss = new HeteroAkdLoss(runtime);
        golden = new GoldenCases(runtime);
    }

    @AfterAll
    static void stop() {
        loss.close();
        runtime.close();
    }

    static Stream<Case> cases() {
        return GoldenCases.of("HETEROAKD");
    }

    /** The settings of a case; a case that names no temperature of KEM has the paper's. */
    private static LossSettings settings(JsonNode of) {
        return new LossSettings(
                of.get("kd").asDouble(),
                of.get("hakd").asDouble(),
                of.get("projection").asDouble(),
                of.get("tau").asDouble(),
                KemAxis.valueOf(of.get("axis").asText()),
                of.get("kmm").asBoolean(),
                of.get("kem").asBoolean(),
                of.path("kem_tau").asDouble(1));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenAGoldenCase_whenTheLossIsTaken_thenTermsAndGradientsAgree(Case given) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.of(scratch, settings(given.settings()), golden.inputs(scratch, given.name(), false));

            golden.assertAgrees(given, terms, terms.hakd());
        }
    }

    /** The case of defaults.py: 60-digit decimal arithmetic and central differences, by the settings of the product. */
    @Test
    void givenTheDefaultSettings_whenTheLossIsTaken_thenTermsAndGradientsAgreeWithDecimalArithmetic() {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            DefaultsCase given = DefaultsCase.read();

            LossTerms terms = loss.of(scratch, LossSettings.standard(), given.inputs(scratch));

            assertThat(LossSettings.standard()).isEqualTo(given.settings());
            given.assertAgrees(terms);
        }
    }

    /** How a model's outputs lie in memory when its input's channels come last. */
    @ParameterizedTest
    @MethodSource("cases")
    void givenStudentTensorsWithChannelsLast_whenTheLossIsTaken_thenTermsAndGradientsAgree(Case given) {
        try (NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.of(scratch, settings(given.settings()), golden.inputs(scratch, given.name(), true));

            golden.assertAgrees(given, terms, terms.hakd());
        }
    }
}
