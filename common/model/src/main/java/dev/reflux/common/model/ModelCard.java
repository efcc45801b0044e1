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
 * The JSON card beside a TorchScript file: what the model is and what it promises. The promise is
 * {@code forward(x[N,3,H,W]) → (logits[N,C,⌈H/a⌉,⌈W/a⌉], features[N,F,⌈H/b⌉,⌈W/b⌉])}.
 *
 * @param name the model's id, as it stands in samples and manifests
 * @param role "teacher" or "student"
 * @param file the TorchScript file's name, beside the card
 * @param sha256 of that file, lower-case hex
 * @param bytes that file's length
 * @param labelSchema its classes
 * @param input what it wants to see
 * @param logitsStride a
 * @param featuresStride b
 * @param featuresChannels F
 * @param reheadable whether its file can be given another number of classes
 * @param parameters number of trainable values, 0 when unknown
 * @param licence under what terms
 * @param description for people
 * @param metrics whatever its maker measured, as JSON; an object
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
        String description,
        JsonNode metrics) {

    /** @throws UsageException when the file cannot be read or is no card */
    public static ModelCard read(Path json) {
        try {
            return ModelCardJson.parse(Files.readString(json), json.toString());
        } catch (IOException e) {
            throw new UsageException("The model card " + json + " cannot be read; check the path.", e);
        }
    }

    /** @throws UsageException when the text is no card */
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

    /** Where the model's file is, given where the card is. */
    public Path modelFile(Path cardFile) {
        return cardFile.toAbsolutePath().resolveSibling(file);
    }

    /**
     * Holds a file against the card's hash: a TorchScript file is code, and nothing else may be loaded.
     *
     * @throws UsageException when the file is absent or another one
     */
    public void verify(Path modelFile) {
        String found;
        try {
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
    }

    /** The same model for other classes. */
    public ModelCard withSchema(LabelSchema schema) {
        return new ModelCard(
                name,
                role,
                file,
                sha256,
                bytes,
                schema,
                input,
                logitsStride,
                featuresStride,
                featuresChannels,
                reheadable,
                parameters,
                licence,
                description,
                metrics);
    }

    /** The same kind of model in another file. */
    public ModelCard withFile(String newFile, String newSha256, long newBytes) {
        return new ModelCard(
                name,
                role,
                newFile,
                newSha256,
                newBytes,
                labelSchema,
                input,
                logitsStride,
                featuresStride,
                featuresChannels,
                reheadable,
                parameters,
                licence,
                description,
                metrics);
    }

    /** The same file under another name. */
    public ModelCard withName(String newName) {
        return new ModelCard(
                newName,
                role,
                file,
                sha256,
                bytes,
                labelSchema,
                input,
                logitsStride,
                featuresStride,
                featuresChannels,
                reheadable,
                parameters,
                licence,
                description,
                metrics);
    }

    /** The same model, made for images of another size. */
    public ModelCard withInputSize(ImageSize size) {
        return new ModelCard(
                name,
                role,
                file,
                sha256,
                bytes,
                labelSchema,
                input.withSize(size),
                logitsStride,
                featuresStride,
                featuresChannels,
                reheadable,
                parameters,
                licence,
                description,
                metrics);
    }

    /** The same model with other figures. */
    public ModelCard withMetrics(JsonNode newMetrics) {
        return new ModelCard(
                name,
                role,
                file,
                sha256,
                bytes,
                labelSchema,
                input,
                logitsStride,
                featuresStride,
                featuresChannels,
                reheadable,
                parameters,
                licence,
                description,
                newMetrics);
    }
}
