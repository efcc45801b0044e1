package dev.reflux.examples.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.plugin.NamedProviders;
import dev.reflux.common.plugin.ProviderOptions;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.trainer.distillation.DistillationLoss;
import dev.reflux.trainer.distillation.DistillationMethod;
import dev.reflux.trainer.distillation.LossInputs;
import dev.reflux.trainer.distillation.LossProvider;
import dev.reflux.trainer.distillation.LossSettings;
import dev.reflux.trainer.distillation.LossTerms;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The loss is found by its name, and its value and gradient are those of its formula. */
class LogitMatchingTest {

    private static final Shape SHAPE = new Shape(1, 2, 1, 2);

    @Test
    void givenLogitsOfStudentAndTeacher_whenTheLossIsTaken_thenValueAndGradientAreThoseOfTheFormula() {
        try (TorchRuntime runtime = TorchRuntime.start(new TorchOptions(1, "cpu"));
                DistillationLoss loss = new DistillationLoss(runtime, new LogitMatching(0.5));
                NDManager scratch = runtime.manager().newSubManager()) {
            LossInputs in = inputs(scratch);
            float[] labelsAlone =
                    loss.withoutTeacher(scratch, in).logitsGradient().toFloatArray();

            LossTerms terms = loss.of(scratch, in);

            // s − t = (1, −2, 0, 3): the squares' mean is 14/4.
            assertThat(terms.own()).isCloseTo(3.5, within(1e-6));
            assertThat(terms.total()).isCloseTo(terms.ce() + 0.5 * 3.5, within(1e-6));
            float[] gradient = terms.logitsGradient().toFloatArray();
            double[] own = {0.25, -0.5, 0, 0.75};
            for (int i = 0; i < own.length; i++) {
                assertThat((double) gradient[i] - labelsAlone[i]).isCloseTo(own[i], within(1e-6));
            }
        }
    }

    private static LossInputs inputs(NDManager to) {
        ByteBuffer labels = ByteBuffer.allocateDirect(2).put(new byte[] {0, 1}).rewind();
        var ids = to.create(labels, new Shape(1, 1, 2), DataType.UINT8);
        var student = to.create(new float[] {2, -1, 0, 1}, SHAPE);
        var teacher = to.create(new float[] {1, 1, 0, -2}, SHAPE);
        return new LossInputs(student, teacher, ids, student, teacher, ids);
    }

    @Test
    void givenTheJarOnTheClassPath_whenALossIsNamed_thenItIsFoundBesideTheDefault() {
        DistillationMethod found = NamedProviders.require(LossProvider.class, "logit-matching", "trainer.loss.method")
                .method(LossSettings.standard(), new ProviderOptions("trainer.loss.options", Map.of("weight", "0.25")));

        assertThat(found).isEqualTo(new LogitMatching(0.25));
        assertThat(NamedProviders.names(LossProvider.class)).containsExactly("heteroakd", "logit-matching");
    }

    @Test
    void givenANameThatNoJarProvides_whenALossIsNamed_thenOneSentenceListsTheNames() {
        assertThatThrownBy(() -> NamedProviders.require(LossProvider.class, "logits", "trainer.loss.method"))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.loss.method is \"logits\", which no jar on the class path provides; choose one of"
                        + " heteroakd, logit-matching.");
    }
}
