package dev.reflux.torch.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.torch.Torch;
import dev.reflux.torch.TorchRuntime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our optimizers beside the published formulas in double precision. */
class OptimizerTest {

    private static final int STEPS = 10;
    private static final long[][] SHAPES = {{4, 3, 3, 3}, {4}, {1}};

    private static TorchRuntime runtime;
    private NDManager manager;

    @BeforeAll
    static void start() {
        runtime = Torch.cpu();
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @BeforeEach
    void open() {
        runtime.useThisThread();
        manager = runtime.manager().newSubManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** An optimizer and the formula of its step. */
    private record Case(String name, java.util.function.Supplier<Optimizer> optimizer, Reference reference) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(
                        "sgd",
                        () -> new SgdMomentum(runtime, new SgdMomentum.Settings(0, 0, false)),
                        new Reference.Sgd(0, 0, false)),
                new Case(
                        "sgd with momentum and decay",
                        () -> new SgdMomentum(runtime, SgdMomentum.Settings.DEFAULT),
                        new Reference.Sgd(0.9, 1e-4, false)),
                new Case(
                        "sgd with Nesterov's momentum",
                        () -> new SgdMomentum(runtime, new SgdMomentum.Settings(0.8, 1e-2, true)),
                        new Reference.Sgd(0.8, 1e-2, true)),
                new Case(
                        "adamw",
                        () -> new AdamW(runtime, AdamW.Settings.DEFAULT),
                        new Reference.Adam(0.9, 0.999, 0.01, 1e-8)),
                new Case(
                        "adamw with large epsilon and decay",
                        () -> new AdamW(runtime, new AdamW.Settings(0.8, 0.95, 0.2, 1e-2, true)),
                        new Reference.Adam(0.8, 0.95, 0.2, 1e-2)));
    }

    private List<PtNDArray> tensors(int seed) {
        return Stream.of(0, 1, 2)
                .map(i -> Torch.random(manager, 31 * seed + i, SHAPES[i]))
                .toList();
    }

    private static double rate(int step) {
        return 0.05 / (1 + step);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenTenGradients_whenSteppedAlong_thenParametersAreTheFormulas(Case given) {
        List<PtNDArray> parameters = tensors(0);
        List<double[]> expected =
                Torch.values(parameters).stream().map(Reference::doubles).toList();
        try (Optimizer optimizer = given.optimizer().get()) {
            for (int s = 0; s < STEPS; s++) {
                List<PtNDArray> gradients = tensors(s + 1);
                given.reference().step(expected, Torch.values(gradients), rate(s));

                optimizer.step(parameters, gradients, rate(s));
            }

            assertThat(optimizer.steps()).isEqualTo(STEPS);
            for (int i = 0; i < expected.size(); i++) {
                float[] actual = parameters.get(i).toFloatArray();
                for (int k = 0; k < actual.length; k++) {
                    assertThat((double) actual[k]).isCloseTo(expected.get(i)[k], within(1e-6));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenAnInterruption_whenResumedFromItsState_thenStepsAreTheSameBitByBit(Case given) {
        List<PtNDArray> straight = tensors(0);
        List<PtNDArray> resumed = tensors(0);
        try (Optimizer one = given.optimizer().get();
                Optimizer before = given.optimizer().get();
                Optimizer after = given.optimizer().get()) {
            for (int s = 0; s < 3; s++) {
                one.step(straight, tensors(s + 1), rate(s));
                before.step(resumed, tensors(s + 1), rate(s));
            }

            byte[] state = before.exportState();
            after.importState(state);
            byte[] again = after.exportState();
            for (int s = 3; s < 6; s++) {
                one.step(straight, tensors(s + 1), rate(s));
                after.step(resumed, tensors(s + 1), rate(s));
            }

            assertThat(again).isEqualTo(state);
            assertThat(after.exportState()).isEqualTo(one.exportState());
            for (int i = 0; i < straight.size(); i++) {
                assertThat(resumed.get(i).toByteArray())
                        .isEqualTo(straight.get(i).toByteArray());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givenAFreshOptimizer_whenItsStateIsCarriedOver_thenItIsStillFresh(Case given) {
        try (Optimizer fresh = given.optimizer().get();
                Optimizer other = given.optimizer().get()) {
            List<PtNDArray> parameters = tensors(0);
            List<PtNDArray> same = tensors(0);

            other.importState(fresh.exportState());
            other.step(parameters, tensors(1), 0.1);
            fresh.step(same, tensors(1), 0.1);

            assertThat(parameters.get(0).toByteArray()).isEqualTo(same.get(0).toByteArray());
        }
    }

    @Test
    void givenVectorsAreSpared_whenThereIsNoGradient_thenOnlyMatricesDecay() {
        List<PtNDArray> parameters = tensors(0);
        List<float[]> before = Torch.values(parameters);
        List<PtNDArray> zeros = tensors(1);
        runtime.helper().zero(zeros);
        try (AdamW optimizer = new AdamW(runtime, new AdamW.Settings(0.9, 0.999, 0.5, 1e-8, false))) {

            optimizer.step(parameters, zeros, 0.1);

            assertThat(parameters.get(0).toFloatArray()[0]).isCloseTo(before.get(0)[0] * 0.95f, within(1e-6f));
            assertThat(parameters.get(1).toFloatArray()).isEqualTo(before.get(1));
        }
    }

    @Test
    void givenStateOfAnotherKind_whenImported_thenItIsRefused() {
        try (Optimizer sgd = new SgdMomentum(runtime, SgdMomentum.Settings.DEFAULT);
                Optimizer adamw = new AdamW(runtime, AdamW.Settings.DEFAULT)) {

            assertThatThrownBy(() -> adamw.importState(sgd.exportState()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("sgd-momentum");
        }
    }

    @Test
    void givenImportedStateOfOtherParameters_whenStepped_thenItIsRefused() {
        try (Optimizer adamw = new AdamW(runtime, AdamW.Settings.DEFAULT);
                Optimizer other = new AdamW(runtime, AdamW.Settings.DEFAULT)) {
            adamw.step(tensors(0), tensors(1), 0.1);
            other.importState(adamw.exportState());

            assertThatThrownBy(() ->
                            other.step(tensors(0).subList(1, 3), tensors(1).subList(1, 3), 0.1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("imported");
        }
    }

    @Test
    void givenOtherParametersThanBefore_whenStepped_thenItIsRefused() {
        try (Optimizer sgd = new SgdMomentum(runtime, SgdMomentum.Settings.DEFAULT)) {
            sgd.step(tensors(0), tensors(1), 0.1);

            assertThatThrownBy(
                            () -> sgd.step(tensors(0).subList(0, 2), tensors(1).subList(0, 2), 0.1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void givenTheDefaults_whenRead_thenTheyArePyTorchsForAdamW() {
        assertThat(AdamW.Settings.DEFAULT).isEqualTo(new AdamW.Settings(0.9, 0.999, 0.01, 1e-8, true));
        assertThat(SgdMomentum.Settings.DEFAULT).isEqualTo(new SgdMomentum.Settings(0.9, 1e-4, false));
    }
}
