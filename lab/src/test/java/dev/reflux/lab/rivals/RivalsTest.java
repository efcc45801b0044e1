package dev.reflux.lab.rivals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.trainer.distillation.DistillationLoss;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.GoldenCases;
import dev.reflux.trainer.distillation.GoldenCases.Case;
import dev.reflux.trainer.distillation.LossProvider;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.LossTerms;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rivals' terms and gradients against an independent implementation in double precision, and their providers. */
class RivalsTest {

    private static TorchRuntime runtime;
    private static GoldenCases golden;

    @BeforeAll
    static void start() {
        runtime = TorchRuntime.start(new TorchOptions(2, "cpu"));
        golden = new GoldenCases(runtime);
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    static Stream<Case> cases() {
        return Stream.concat(GoldenCases.of("CWD"), GoldenCases.of("SKD"));
    }

    private static DistillationMethod method(JsonNode of) {
        return of.get("method").asText().equals("CWD")
                ? new ChannelWise(
                        of.get("weight").asDouble(),
                        of.get("tau").asDouble(),
                        of.get("projection").asDouble())
                : new StructuredPairs(
                        of.get("kd").asDouble(),
                        of.get("pair").asDouble(),
                        of.get("tau").asDouble(),
                        of.get("pool").asInt(),
                        of.get("projection").asDouble());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenAGoldenCase_whenTheLossIsTaken_thenTermsAndGradientsAgree(Case given) {
        try (DistillationLoss loss = new DistillationLoss(runtime, method(given.settings()));
                NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.of(scratch, golden.inputs(scratch, given.name(), false));

            golden.assertAgrees(given, terms, terms.own());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenStudentTensorsWithChannelsLast_whenTheLossIsTaken_thenTermsAndGradientsAgree(Case given) {
        try (DistillationLoss loss = new DistillationLoss(runtime, method(given.settings()));
                NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.of(scratch, golden.inputs(scratch, given.name(), true));

            golden.assertAgrees(given, terms, terms.own());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenAGoldenCase_whenTheLossIsTakenWithoutTheTeacher_thenOnlyTheLabelsTermsAreLeft(Case given) {
        DistillationMethod method = method(given.settings());
        try (DistillationLoss loss = new DistillationLoss(runtime, method);
                NDManager scratch = runtime.manager().newSubManager()) {
            LossTerms terms = loss.withoutTeacher(scratch, golden.inputs(scratch, given.name(), false));

            assertThat(terms.own()).isZero();
            assertThat(terms.kd()).isZero();
            assertThat(terms.total()).isEqualTo(terms.ce() + method.projection() * terms.bce());
        }
    }

    @Test
    void givenTheLabOnTheClassPath_whenALossIsNamed_thenTheRivalsAreFoundBesideTheDefault() {
        ProviderOptions options = new ProviderOptions("trainer.loss.options", Map.of("weight", "2.5"));

        DistillationMethod found = NamedProviders.require(LossProvider.class, "CWD", "trainer.loss.method")
                .method(LossSettings.standard(), options);

        assertThat(found).isEqualTo(new ChannelWise(2.5, 4, 0));
        assertThat(NamedProviders.names(LossProvider.class)).containsExactly("cwd", "heteroakd", "skd");
    }

    @Test
    void givenAnOptionThatARivalDoesNotHave_whenItIsMade_thenOneSentenceNamesThoseItHas() {
        ProviderOptions options = new ProviderOptions("trainer.loss.options", Map.of("wieght", "2.5"));
        LossProvider rival = NamedProviders.require(LossProvider.class, "skd", "trainer.loss.method");

        assertThatThrownBy(() -> rival.method(LossSettings.standard(), options))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.loss.options.wieght is not an option; its options are pixel, pair, tau, pool.");
    }
}
