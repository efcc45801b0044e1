package dev.reflux.torch.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.script.ScriptArchive;
import java.nio.file.Path;
import java.util.List;

/** Checks a loaded module against its card, by small forwards at sizes that no stride divides. One owner thread. */
final class ModelProbe {

    private final TorchRuntime runtime;
    private final TorchModule module;
    private final ModelCard card;
    private final Path file;
    private final ScriptArchive archive;

    ModelProbe(TorchRuntime runtime, TorchModule module, ModelCard card, Path file, ScriptArchive archive) {
        this.runtime = runtime;
        this.module = module;
        this.card = card;
        this.file = file;
        this.archive = archive;
    }

    /**
     * Checks that a forward returns two float outputs of four dimensions with the channels and strides of the card, and
     * that their values can be those of a network.
     *
     * @throws UsageException if it does not
     */
    void contract() {
        int height = odd(2);
        int width = odd(3);
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray x = scratch.randomUniform(-1, 1, new Shape(1, 3, height, width));
            NDList outputs = infer(scratch, x, height, width);
            if (outputs.size() != 2) {
                throw new UsageException("The model file " + file + " returns " + outputs.size()
                        + " output(s); its forward must return the pair (logits, features).");
            }
            check("logits", outputs.get(0), card.labelSchema().classCount(), card.logitsStride(), height, width);
            check("features", outputs.get(1), card.featuresChannels(), card.featuresStride(), height, width);
            ProbedValues values = new ProbedValues(card, file);
            values.requireFinite(module.tensors());
            // The same draw with its signs changed: the generator's state after loading is that of one draw.
            values.requireMeaning(outputs, infer(scratch, x.neg(), height, width));
        }
    }

    private NDList infer(NDManager scratch, NDArray x, int height, int width) {
        try {
            return module.infer(scratch, x);
        } catch (EngineException | IllegalArgumentException | UnsupportedOperationException e) {
            throw new UsageException(
                    "The model file " + file + " fails on an image of " + width + "x" + height + " (" + reason(e)
                            + "); it must take [N,3,H,W] of any size and return (logits, features).",
                    e);
        }
    }

    private void check(String what, NDArray output, int channels, int stride, int height, int width) {
        Shape wanted = new Shape(1, channels, ceil(height, stride), ceil(width, stride));
        if (output.getDataType() != DataType.FLOAT32 || !output.getShape().equals(wanted)) {
            throw new UsageException("The model file " + file + " returns " + what + " "
                    + text(output.getDataType(), output.getShape()) + " for an image of " + width + "x" + height
                    + " where card " + card.name() + " requires " + text(DataType.FLOAT32, wanted)
                    + "; correct the card or the export.");
        }
    }

    private static String text(DataType type, Shape shape) {
        return type.name().toLowerCase(java.util.Locale.ROOT) + java.util.Arrays.toString(shape.getShape());
    }

    /**
     * Checks that batch normalization learns and that its statistics can be saved. Changes no tensor.
     *
     * @throws UsageException if the module cannot be trained
     */
    void trainable() {
        if (module.tensors().parameters().isEmpty()) {
            throw new UsageException("The model file " + file
                    + " has no parameters to train; export it unfrozen, with torch.jit.script.");
        }
        refuseFrozenStatistics();
        if (!module.listsBuffers()) {
            throw new UsageException("The model file " + file + " lacks the methods buffer_list() and buffer_names(), "
                    + "so its batch-norm statistics cannot be checkpointed; export it with torch.jit.script and both "
                    + "methods marked @torch.jit.export, or use it for inference only.");
        }
        List<String> names = module.tensors().bufferNames();
        if (names.size() != module.tensors().buffers().size()) {
            throw new UsageException("The model file " + file + " names " + names.size() + " buffers and lists "
                    + module.tensors().buffers().size() + "; correct buffer_list() or buffer_names().");
        }
        if (names.stream().noneMatch(ModelProbe::moves)) {
            return;
        }
        byte[] before = module.tensors().safetensors(java.util.Map.of());
        float[][] means = means();
        try (NDManager scratch = runtime.manager().newSubManager()) {
            module.train(scratch, scratch.randomUniform(-3, 1, new Shape(2, 3, odd(2), odd(3))));
            if (java.util.Arrays.deepEquals(means, means())) {
                throw tracedInEvaluation();
            }
        }
        module.restore(before);
    }

    /**
     * Refuses a traced file, which has its mode written into each call: it normalizes by batch, and yet training and
     * evaluation give the same outputs.
     */
    private void refuseFrozenStatistics() {
        if (!archive.batchNorm()) {
            return;
        }
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray x = scratch.randomUniform(-3, 1, new Shape(2, 3, odd(2), odd(3)));
            byte[] before = module.tensors().safetensors(java.util.Map.of());
            NDList evaluated = module.infer(scratch, x);
            NDList trained = module.train(scratch, x);
            module.restore(before);
            if (evaluated.get(0).contentEquals(trained.get(0))
                    && evaluated.get(1).contentEquals(trained.get(1))) {
                throw tracedInEvaluation();
            }
        }
    }

    private UsageException tracedInEvaluation() {
        return new UsageException("The model file " + file + " was traced in evaluation mode: a training forward "
                + "leaves its batch-norm statistics as they were; export it with torch.jit.script.");
    }

    private static boolean moves(String name) {
        return name.endsWith("running_mean");
    }

    private float[][] means() {
        List<float[]> means = new java.util.ArrayList<>();
        for (int i = 0; i < module.tensors().buffers().size(); i++) {
            if (moves(module.tensors().bufferNames().get(i))) {
                PtNDArray mean = module.tensors().buffers().get(i);
                means.add(mean.toFloatArray());
            }
        }
        return means.toArray(new float[0][]);
    }

    /** Returns a size in pixels: the given number of cells of the coarsest grid, and one pixel. */
    private int odd(int cells) {
        return cells * Math.max(16, Math.max(card.logitsStride(), card.featuresStride())) + 1;
    }

    private static int ceil(int size, int stride) {
        return (size + stride - 1) / stride;
    }

    /** Returns the line of a PyTorch exception that has the reason. */
    static String reason(Throwable e) {
        List<String> lines = String.valueOf(e.getMessage())
                .lines()
                .map(String::strip)
                .filter(l -> !l.isBlank())
                .toList();
        return lines.stream()
                .filter(l -> l.contains("Error:") && !l.startsWith("File"))
                .reduce((first, second) -> second)
                .orElse(lines.isEmpty() ? e.getClass().getSimpleName() : lines.get(0));
    }
}
