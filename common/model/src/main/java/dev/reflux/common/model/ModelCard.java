package dev.reflux.common.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The JSON card beside a TorchScript file: what the model is, and the shapes of
 * {@code forward(x[N,3,H,W]) → (logits[N,C,⌈H/a⌉,⌈W/a⌉], features[N,F,⌈H/b⌉,⌈W/b⌉])}.
 *
 * @param name id of the model in samples and manifests
 * @param role "teacher" or "student": what the file was made as
 * @param file name of the TorchScript file beside the card
 * @param sha256 SHA-256 of that file, lower-case hexadecimal digits
 * @param bytes length of that file; 0 when the card does not say it
 * @param labelSchema classes of the logits
 * @param input size and normalization of the input
 * @param logitsStride stride a of the logits in pixels
 * @param featuresStride stride b of the features in pixels
 * @param featuresChannels channels F of the features
 * @param reheadable whether the file can be given another number of classes
 * @param parameters number of trainable values, for people; 0 when unknown
 * @param licence license of the weights
 * @param training what the weights were trained on before, for people; empty: they were drawn at random
 * @param description one sentence for people
 * @param metrics figures of its maker, a JSON object
 */
public record ModelCard(
        String name,
        String role,
        String file,
        String sha256,
        long bytes,
        LabelSchema labelSchema,
        ModelInput input,
        int logitsStride,
        int featuresStride,
        int featuresChannels,
        boolean reheadable,
        long parameters,
        String licence,
        String training,
        String description,
        JsonNode metrics) {

    /** More than a card of 150 classes and their scores has. */
    private static final long MAX_BYTES = 1 << 20;

    /**
     * Returns the card of a file.
     *
     * @throws UsageException when the file cannot be read or is not a card
     */
    public static ModelCard read(Path json) {
        try {
            if (Files.size(json) > MAX_BYTES) {
                throw new UsageException(
                        "The model card " + json + " is over " + MAX_BYTES + " bytes; give the card, not the model.");
            }
            return ModelCardJson.parse(Files.readString(json), json.toString());
        } catch (IOException e) {
            throw new UsageException("The model card " + json + " cannot be read; check the path.", e);
        }
    }

    /**
     * Returns the card of a JSON text.
     *
     * @throws UsageException when the text is not a card
     */
    public static ModelCard parse(String json) {
        return ModelCardJson.parse(json, "the given text");
    }

    public String toJson() {
        return ModelCardJson.write(this);
    }

    /** Writes the card as a file. */
    public void write(Path json) {
        try {
            Files.writeString(json, toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the path of the model's file, given the path of the card. */
    public Path modelFile(Path cardFile) {
        return cardFile.toAbsolutePath().resolveSibling(file);
    }

    /**
     * Checks the hash of a file against the card. A TorchScript file is code, so no other may be loaded.
     *
     * @throws UsageException when the file is absent or has another hash
     */
    public void verify(Path modelFile) {
        String found;
        long length;
        try {
            length = Files.size(modelFile);
            found = Sha256.hex(modelFile);
        } catch (IOException e) {
            throw new UsageException(
                    "The model file " + modelFile + " of card " + name + " cannot be read; check that it is there.", e);
        }
        if (!found.equals(sha256)) {
            throw new UsageException(
                    "The model file " + modelFile + " is not the one that card " + name + " describes (sha256 " + found
                            + " instead of " + sha256 + "); fetch it again or correct the card.");
        }
        if (bytes > 0 && length != bytes) {
            throw new UsageException("The model file " + modelFile + " has " + length + " bytes and card " + name
                    + " says " + bytes + "; fetch it again or correct the card.");
        }
    }

    /** Returns the card of the same model for other classes. */
    public ModelCard withSchema(LabelSchema schema) {
        Copy copy = new Copy(this);
        copy.labelSchema = schema;
        return copy.card();
    }

    /** Returns the card of the same kind of model in another file. */
    public ModelCard withFile(String newFile, String newSha256, long newBytes) {
        Copy copy = new Copy(this);
        copy.file = newFile;
        copy.sha256 = newSha256;
        copy.bytes = newBytes;
        return copy.card();
    }

    /** Returns the card of the same file under another name. */
    public ModelCard withName(String newName) {
        Copy copy = new Copy(this);
        copy.name = newName;
        return copy.card();
    }

    /** Returns the card of the same model for images of another size. */
    public ModelCard withInputSize(ImageSize size) {
        Copy copy = new Copy(this);
        copy.input = input.withSize(size);
        return copy.card();
    }

    /** Returns the card of the same model with other figures. */
    public ModelCard withMetrics(JsonNode newMetrics) {
        Copy copy = new Copy(this);
        copy.metrics = newMetrics;
        return copy.card();
    }

    /** The components of a card that a copy may change. Confined to one method. */
    private static final class Copy {
        private final ModelCard of;
        private String name;
        private String file;
        private String sha256;
        private long bytes;
        private LabelSchema labelSchema;
        private ModelInput input;
        private JsonNode metrics;

        Copy(ModelCard of) {
            this.of = of;
            this.name = of.name;
            this.file = of.file;
            this.sha256 = of.sha256;
            this.bytes = of.bytes;
            this.labelSchema = of.labelSchema;
            this.input = of.input;
            this.metrics = of.metrics;
        }

        ModelCard card() {
            return new ModelCard(
                    name,
                    of.role,
                    file,
                    sha256,
                    bytes,
                    labelSchema,
                    input,
                    of.logitsStride,
                    of.featuresStride,
                    of.featuresChannels,
                    of.reheadable,
                    of.parameters,
                    of.licence,
                    of.training,
                    of.description,
                    metrics);
        }
    }
}
