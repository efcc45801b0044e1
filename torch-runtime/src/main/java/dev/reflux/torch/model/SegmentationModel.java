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
import dev.reflux.torch.script.ScriptArchive;
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
 * features[N,F,⌈H/b⌉,⌈W/b⌉])}. The model's card names C, a, F and b.
 *
 * <ol>
 *   <li>A file whose SHA-256 is not the card's is not loaded: a TorchScript file is code.
 *   <li>A file that does not match its card is refused when it is loaded, by a forward at a size that no stride divides.
 *   <li>A file with values that are no numbers, or that returns probabilities, is refused. So is a teacher whose outputs do
 *       not depend on its input.
 *   <li>A file that was saved on another device is loaded onto the runtime's.
 *   <li>For training, a file whose batch normalization would not learn (traced in evaluation mode) is refused.
 *   <li>{@link #forward} changes nothing; {@link #forwardTraining} changes batch-norm statistics and nothing else.
 *   <li>{@link #save} writes a file in evaluation mode that plain PyTorch loads, and does not change this model.
 * </ol>
 *
 * <p>Threading: one owner thread. The tensors of {@link #parameters()} and {@link #buffers()} are live, and belong to this
 * model.
 */
public final class SegmentationModel implements AutoCloseable {

    /** The purpose of a loaded model. */
    public enum Mode {
        /** Forward and backward passes. */
        TRAINING,
        /** Forward passes in evaluation mode. */
        INFERENCE
    }

    /**
     * The outputs of a forward.
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

    /**
     * Loads a model.
     *
     * @throws UsageException if the file cannot be loaded or does not match the card
     */
    public static SegmentationModel load(TorchRuntime runtime, Path file, ModelCard card, Mode mode) {
        card.verify(file);
        ScriptArchive archive = archive(file);
        TorchModule module;
        try {
            module = TorchModule.load(runtime, file, mode == Mode.TRAINING);
        } catch (EngineException | IllegalArgumentException | UncheckedIOException | UnsupportedOperationException e) {
            throw new UsageException(
                    "The model file " + file + " cannot be loaded by PyTorch " + runtime.torchVersion() + " ("
                            + ModelProbe.reason(e) + "); export it with torch.jit.script and torch.jit.save.",
                    e);
        }
        try {
            ModelProbe probe = new ModelProbe(runtime, module, card, file, archive);
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

    private static ScriptArchive archive(Path file) {
        ScriptArchive archive;
        try {
            archive = ScriptArchive.of(file);
        } catch (IOException e) {
            throw new UsageException(
                    "The model file " + file + " is not a TorchScript archive (" + e.getMessage()
                            + "); export it with torch.jit.script and torch.jit.save.",
                    e);
        }
        archive.unusableType().ifPresent(type -> {
            throw new UsageException("The model file " + file + " has tensors of the type " + type
                    + ", which cannot be used here; call model.float() before the export.");
        });
        return archive;
    }

    /** Loads the model that a card names. Its file lies beside the card. */
    public static SegmentationModel load(TorchRuntime runtime, Path cardFile, Mode mode) {
        ModelCard card = ModelCard.read(cardFile);
        return load(runtime, card.modelFile(cardFile), card, mode);
    }

    /**
     * Runs a forward in evaluation mode, without gradients.
     *
     * @param x normalized float [N,3,H,W]
     * @return the outputs, attached to the manager of x
     */
    public Output forward(NDArray x) {
        return forward(x.getManager(), x);
    }

    /** Runs {@link #forward(NDArray)} and attaches the outputs to the given manager. */
    public Output forward(NDManager to, NDArray x) {
        return output(module.infer(to, x));
    }

    /**
     * Runs a forward in training mode: batch normalization uses the statistics of the batch and updates the running ones.
     * Recorded inside of a {@link dev.reflux.torch.TrainingStep}.
     *
     * @param x normalized float [N,3,H,W]
     * @return the outputs, attached to the manager of x
     */
    public Output forwardTraining(NDArray x) {
        return forwardTraining(x.getManager(), x);
    }

    /** Runs {@link #forwardTraining(NDArray)} and attaches the outputs to the given manager. */
    public Output forwardTraining(NDManager to, NDArray x) {
        return output(module.train(to, x));
    }

    private static Output output(NDList list) {
        return new Output(list.get(0), list.get(1));
    }

    /** Returns the tensors that are trained, in a fixed order. */
    public List<PtNDArray> parameters() {
        return module.tensors().parameters();
    }

    /** Returns the names of {@link #parameters()}. */
    public List<String> parameterNames() {
        return module.tensors().parameterNames();
    }

    /** Returns the tensors that are saved and not trained, in a fixed order; none if the file does not list them. */
    public List<PtNDArray> buffers() {
        return module.tensors().buffers();
    }

    /** Returns the names of {@link #buffers()}. */
    public List<String> bufferNames() {
        return module.tensors().bufferNames();
    }

    /** Returns the parameters, then the buffers. */
    public List<PtNDArray> parametersAndBuffers() {
        List<PtNDArray> both = new ArrayList<>(parameters());
        both.addAll(buffers());
        return List.copyOf(both);
    }

    /** Returns the number of trainable values. */
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
     * Draws new values for every parameter that the file does not mark as pre-trained. All tensors that were handed out
     * before are dead afterwards.
     *
     * @throws UsageException if the file does not support it
     */
    public void resetParameters(int seed) {
        if (!module.has("reset_parameters")) {
            throw new UsageException("The model " + card.name()
                    + " has no reset_parameters(seed) method; export it with one or start from its weights.");
        }
        module.rebuild("reset_parameters", seed);
    }

    /** Writes the TorchScript file in evaluation mode. */
    public void save(Path file) {
        module.save(file);
    }

    /** Writes the file and its card, with the hash and the length of the new file. */
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

    /** Returns parameters and buffers as a safetensors file. */
    public byte[] safetensors() {
        return module.tensors().safetensors(Map.of("format", "pt"));
    }

    /** Returns copies of the parameters and buffers. */
    public List<NamedTensor> tensors() {
        return module.tensors().copies();
    }

    /**
     * Overwrites parameters and buffers with the result of {@link #safetensors}.
     *
     * @throws IllegalArgumentException if names or shapes are those of another model
     */
    public void restore(byte[] safetensors) {
        module.restore(safetensors);
    }

    /** Returns the card, with the present label schema. */
    public ModelCard card() {
        return card;
    }

    @Override
    public void close() {
        module.close();
    }
}
