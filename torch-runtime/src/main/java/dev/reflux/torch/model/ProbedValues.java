package dev.reflux.torch.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the values of a model's tensors and outputs: their shapes can be right and the model useless. One owner thread. */
final class ProbedValues {

    private static final Logger LOG = LoggerFactory.getLogger(ProbedValues.class);
    private static final float ROUNDING = 1e-3f;

    private final ModelCard card;
    private final Path file;

    ProbedValues(ModelCard card, Path file) {
        this.card = card;
        this.file = file;
    }

    /**
     * Checks that each value of the parameters and listed buffers is a number.
     *
     * @throws UsageException with the name of the first tensor where one is not
     */
    void requireFinite(ModuleTensors tensors) {
        requireFinite(tensors.parameterNames(), tensors.parameters());
        requireFinite(tensors.bufferNames(), tensors.buffers());
    }

    private void requireFinite(List<String> names, List<PtNDArray> tensors) {
        for (int i = 0; i < tensors.size(); i++) {
            if (tensors.get(i).getDataType() == DataType.FLOAT32 && !isFinite(tensors.get(i))) {
                throw new UsageException("The model file " + file + " has a value that is no number in "
                        + (i < names.size() ? names.get(i) : "a buffer")
                        + "; export the weights of a training that did not diverge.");
            }
        }
    }

    private static boolean isFinite(NDArray tensor) {
        // The largest and the smallest, not the sum, which may overflow; both are NaN where a value is.
        if (tensor.size() == 0) {
            return true;
        }
        try (NDArray values = tensor.stopGradient();
                NDArray most = values.max();
                NDArray least = values.min()) {
            return Float.isFinite(most.getFloat()) && Float.isFinite(least.getFloat());
        }
    }

    /**
     * Checks the outputs for two images.
     *
     * @throws UsageException if a value is no number, if logits are probabilities, or if a teacher gives the same for both
     */
    void requireMeaning(NDList first, NDList second) {
        for (NDList outputs : List.of(first, second)) {
            requireFinite("logits", outputs.get(0));
            requireFinite("features", outputs.get(1));
        }
        if (areProbabilities(first.get(0)) && areProbabilities(second.get(0))) {
            throw new UsageException(
                    "The model file " + file + " returns probabilities where logits are wanted (they are "
                            + "from 0 to 1 and their sum over the classes is 1); export it without its softmax.");
        }
        requireChange("logits", first.get(0), second.get(0));
        requireChange("features", first.get(1), second.get(1));
    }

    private void requireFinite(String what, NDArray output) {
        if (!isFinite(output)) {
            throw new UsageException("The model file " + file + " returns " + what
                    + " that are no numbers for an image of noise; export the weights of a training that did not "
                    + "diverge.");
        }
    }

    private static boolean areProbabilities(NDArray logits) {
        long[] shape = logits.getShape().getShape();
        int classes = (int) shape[1];
        int cells = (int) (shape[2] * shape[3]);
        float[] values = logits.toFloatArray();
        for (int cell = 0; cell < cells; cell++) {
            float sum = 0;
            for (int c = 0; c < classes; c++) {
                float value = values[c * cells + cell];
                if (value < 0) {
                    return false;
                }
                sum += value;
            }
            if (Math.abs(sum - 1) > ROUNDING) {
                return false;
            }
        }
        return true;
    }

    /** A student may start from a last layer of zeros, or end as one: it is worth a word, not a refusal. */
    private void requireChange(String what, NDArray first, NDArray second) {
        if (!first.contentEquals(second)) {
            return;
        }
        String sentence = "The model file " + file + " returns the same " + what
                + " for two different images: what it says does not depend on what it sees";
        if (card.role().equals("teacher")) {
            throw new UsageException(sentence + "; export the weights of a training that did not collapse.");
        }
        LOG.warn("{}.", sentence);
    }
}
