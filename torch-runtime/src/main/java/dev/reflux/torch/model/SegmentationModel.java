package dev.reflux.torch.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.model.Sha256;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.weights.NamedTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A segmentation network in TorchScript: {@code forward(x[N,3,H,W]) → (logits[N,C,⌈H/a⌉,⌈W/a⌉],
 * features[N,F,⌈H/b⌉,⌈W/b⌉])}, C, a, F and b as its card says.
 *
 * <ol>
 *   <li>Nothing is loaded whose sha256 is not the card's: a TorchScript file is code.
 *   <li>A file that breaks the contract is refused at loading, in one sentence, by a forward of an odd size.
 *   <li>For training, a file whose batch normalisation would not learn (traced in evaluation mode) is refused.
 *   <li>{@link #forward} changes nothing; {@link #forwardTraining} moves batch-norm statistics and nothing else.
 *   <li>{@link #save} writes a file in inference mode that plain PyTorch loads, and leaves this model as it was.
 * </ol>
 *
 * Not thread-safe: one owner thread. Tensors of {@link #parameters()} and {@link #buffers()} are live, and belong to
 * this model.
 */
public final class SegmentationModel implements AutoCloseable {

    /** What a model is loaded for. */
    public enum Mode {
        TRAINING,
        INFERENCE
    }

    /**
     * What a forward gives.
     *
     * @param logits float [N,C,⌈H/a⌉,⌈W/a⌉]
     * @param features float [N,F,⌈H/b⌉,⌈W/b⌉]
     */
    public record Output(NDArray logits, NDArray features) {}

    private final TorchModule module;
    private ModelCard card;

    private SegmentationModel(TorchModule module, ModelCard card) {
        this.module = module;
        this.card = card;
    }

    /** @throws UsageException in one sentence, when the file is not what the card promises */
    public static SegmentationModel load(TorchRuntime runtime, Path file, ModelCard card, Mode mode) {
        card.verify(file);
        TorchModule module;
        try {
            module = TorchModule.load(runtime, file, mode == Mode.TRAINING);
        } catch (EngineException | IllegalArgumentException e) {
            throw new UsageException(
                    "The model file " + file + " cannot be loaded by PyTorch " + runtime.torchVersion() + " ("
                            + ModelProbe.reason(e) + "); export it with torch.jit.script and torch.jit.save.",
                    e);
        }
        try {
            ModelProbe probe = new ModelProbe(runtime, module, card, file);
            probe.contract();
            if (mode == Mode.TRAINING) {
                probe.trainable();
            }
            return new SegmentationModel(module, card);
        } catch (RuntimeException e) {
            module.close();
            throw e;
        }
    }

    /** The card beside a file, and the file that it names. */
    public static SegmentationModel load(TorchRuntime runtime, Path cardFile, Mode mode) {
        ModelCard card = ModelCard.read(cardFile);
        return load(runtime, card.modelFile(cardFile), card, mode);
    }

    /**
     * Inference: evaluation mode, no gradients.
     *
     * @param x normalised float [N,3,H,W]
     * @return attached to the manager of x
     */
    public Output forward(NDArray x) {
        return forward(x.getManager(), x);
    }

    /** {@link #forward(NDArray)} with the results attached to the given manager. */
    public Output forward(NDManager to, NDArray x) {
        return output(module.infer(to, x));
    }

    /**
     * Training: batch statistics are used and moved; recorded inside of a {@link dev.reflux.torch.TrainingStep}.
     *
     * @param x normalised float [N,3,H,W]
     * @return attached to the manager of x
     */
    public Output forwardTraining(NDArray x) {
        return forwardTraining(x.getManager(), x);
    }

    /** {@link #forwardTraining(NDArray)} with the results attached to the given manager. */
    public Output forwardTraining(NDManager to, NDArray x) {
        return output(module.train(to, x));
    }

    private static Output output(NDList list) {
        return new Output(list.get(0), list.get(1));
    }

    /** What is trained, in a fixed order. */
    public List<PtNDArray> parameters() {
        return module.tensors().parameters();
    }

    public List<String> parameterNames() {
        return module.tensors().parameterNames();
    }

    /** Batch-norm statistics and the like, in a fixed order; empty when the file does not give them. */
    public List<PtNDArray> buffers() {
        return module.tensors().buffers();
    }

    public List<String> bufferNames() {
        return module.tensors().bufferNames();
    }

    /** Parameters, then buffers: what an average of the weights follows. */
    public List<PtNDArray> parametersAndBuffers() {
        List<PtNDArray> both = new ArrayList<>(parameters());
        both.addAll(buffers());
        return List.copyOf(both);
    }

    /** Number of trainable values. */
    public long parameterCount() {
        return parameters().stream().mapToLong(NDArray::size).sum();
    }

    /**
     * Gives the model a new last layer for the classes of a schema, if its file supports that. Afterwards {@link #card()}
     * carries the schema, and all tensors that were handed out before are dead.
     *
     * @param seed the seed of the new weights
     * @return whether the file supports it
     */
    public boolean resetClasses(LabelSchema schema, int seed) {
        if (!module.has("reset_classes")) {
            return false;
        }
        module.rebuild("reset_classes", schema.classCount(), seed);
        card = card.withSchema(schema);
        return true;
    }

    /**
     * Draws every parameter anew that the file does not call pre-trained: the untrained model. Tensors that were handed
     * out before are dead afterwards.
     *
     * @throws UsageException when its file cannot do that
     */
    public void resetParameters(int seed) {
        if (!module.has("reset_parameters")) {
            throw new UsageException("The model " + card.name()
                    + " has no reset_parameters(seed) method; export it with one or start from its weights.");
        }
        module.rebuild("reset_parameters", seed);
    }

    /** Writes the TorchScript file, in inference mode. */
    public void save(Path file) {
        module.save(file);
    }

    /** Writes file and card, the card's hash and length those of the new file. */
    public ModelCard save(Path file, Path cardFile) {
        save(file);
        try {
            ModelCard written = card.withFile(String.valueOf(file.getFileName()), Sha256.hex(file), Files.size(file));
            written.write(cardFile);
            return written;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parameters and buffers as a safetensors file: for vehicles, and as the weights' part of a checkpoint. */
    public byte[] safetensors() {
        return module.tensors().safetensors(Map.of("format", "pt"));
    }

    /** Parameters and buffers by name, copied. */
    public List<NamedTensor> tensors() {
        return module.tensors().copies();
    }

    /**
     * Takes weights that {@link #safetensors} gave, bit by bit.
     *
     * @throws IllegalArgumentException when they are another model's
     */
    public void restore(byte[] safetensors) {
        module.restore(safetensors);
    }

    public ModelCard card() {
        return card;
    }

    @Override
    public void close() {
        module.close();
    }
}
