package dev.reflux.torch.model;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The file of a frozen projection head: safetensors with {@code weight} [C,F] and {@code bias} [C], and its teacher and label
 * schema in the metadata. With the head goes the temperature of the teacher's final logits.
 *
 * <p>Z = W·F + b at each cell, with batch normalization folded in; with {@code relu}, Z = max(0, W·F + b).
 *
 * <p>Threading: immutable; may be used from any thread.
 */
public final class ProjectionHeadFile {

    private static final String KIND = "reflux.kind";
    private static final String KIND_VALUE = "projection-head";
    private static final String VERSION = "reflux.version";
    private static final String TEACHER = "teacher";
    private static final String SCHEMA = "labelSchema";
    private static final String RELU = "relu";
    private static final String TEMPERATURE = "temperature";
    private static final String NOTE = "note.";
    private static final int ID_DIGITS = 16;

    private final byte[] bytes;
    private final Safetensors.File file;
    private final NamedTensor weight;
    private final NamedTensor bias;

    private ProjectionHeadFile(byte[] bytes) {
        this.bytes = bytes;
        this.file = Safetensors.read(bytes);
        this.weight = file.require("weight");
        this.bias = file.require("bias");
        if (!KIND_VALUE.equals(file.metadata().get(KIND))
                || !"1".equals(file.metadata().get(VERSION))) {
            throw new IllegalArgumentException("it is not a projection head of version 1");
        }
        if (weight.shape().size() != 2
                || weight.data().remaining() == 0
                || !bias.shape().equals(weight.shape().subList(0, 1))) {
            throw new IllegalArgumentException("weight and bias have shapes that do not match");
        }
        requireFinite(weight);
        requireFinite(bias);
        if (!List.of("true", "false").contains(metadata(RELU))) {
            throw new IllegalArgumentException("its relu is \"" + metadata(RELU) + "\" and must be true or false");
        }
        if (!(temperature() > 0) || Double.isInfinite(temperature())) {
            throw new IllegalArgumentException(
                    "its temperature is \"" + metadata(TEMPERATURE) + "\" and must be a number above 0");
        }
        if (!file.metadata().containsKey(TEACHER) || !file.metadata().containsKey(SCHEMA)) {
            throw new IllegalArgumentException("it does not name its teacher and label schema");
        }
    }

    private static void requireFinite(NamedTensor tensor) {
        for (float value : tensor.floats()) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("its " + tensor.name() + " has a value that is no number");
            }
        }
    }

    /**
     * Creates a file in memory, with a temperature of 1.
     *
     * @param teacherId the name of the teacher whose features the head takes, as in its card
     * @param labelSchemaId the id of the schema of the C classes
     * @param weight C × F values, row-major
     * @param bias C values
     * @param relu whether Z is rectified, as in the paper
     * @param notes how the head was made, for people
     */
    public static ProjectionHeadFile of(
            String teacherId,
            String labelSchemaId,
            float[] weight,
            float[] bias,
            boolean relu,
            Map<String, String> notes) {
        return of(teacherId, labelSchemaId, weight, bias, relu, 1, notes);
    }

    /**
     * Creates a file in memory.
     *
     * @param teacherId the name of the teacher whose features the head takes, as in its card
     * @param labelSchemaId the id of the schema of the C classes
     * @param weight C × F values, row-major
     * @param bias C values
     * @param relu whether Z is rectified, as in the paper
     * @param temperature the temperature of the teacher's final logits, above 0
     * @param notes how the head was made, for people
     */
    public static ProjectionHeadFile of(
            String teacherId,
            String labelSchemaId,
            float[] weight,
            float[] bias,
            boolean relu,
            double temperature,
            Map<String, String> notes) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(KIND, KIND_VALUE);
        metadata.put(VERSION, "1");
        metadata.put(TEACHER, teacherId);
        metadata.put(SCHEMA, labelSchemaId);
        metadata.put(RELU, Boolean.toString(relu));
        if (temperature != 1) {
            metadata.put(TEMPERATURE, Double.toString(temperature));
        }
        notes.forEach((key, value) -> metadata.put(NOTE + key, value));
        return new ProjectionHeadFile(Safetensors.write(
                List.of(
                        NamedTensor.ofFloats("weight", weight, bias.length, weight.length / bias.length),
                        NamedTensor.ofFloats("bias", bias, bias.length)),
                metadata));
    }

    /**
     * Reads a file.
     *
     * @throws UsageException if it cannot be read or is not a projection head
     */
    public static ProjectionHeadFile read(Path path) {
        try {
            return new ProjectionHeadFile(Files.readAllBytes(path));
        } catch (IOException e) {
            throw new UsageException(
                    "The projection head " + path + " cannot be read; check the path, or make one with reflux "
                            + "fit-projection.",
                    e);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "The file " + path + " is not a projection head (" + e.getMessage()
                            + "); make one with reflux fit-projection.",
                    e);
        }
    }

    /** Writes the file. */
    public void write(Path path) {
        try {
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns "ph-" and the first 16 digits of the file's SHA-256. Heads of equal ids are equal bit by bit. */
    public String id() {
        return "ph-" + Sha256.hex(bytes).substring(0, ID_DIGITS);
    }

    /** Returns the name of the teacher whose features the head takes. */
    public String teacherId() {
        return metadata(TEACHER);
    }

    /** Returns the id of the schema of the classes. */
    public String labelSchemaId() {
        return metadata(SCHEMA);
    }

    /** Returns whether Z is rectified. */
    public boolean relu() {
        return Boolean.parseBoolean(metadata(RELU));
    }

    /**
     * Returns the temperature T, above 0: the teacher's final logits are divided by it, so that their softmax says how often the
     * teacher is right. 1 if the file names none.
     */
    public double temperature() {
        String named = file.metadata().get(TEMPERATURE);
        try {
            return named == null ? 1 : Double.parseDouble(named);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** Returns how the head was made, for people. */
    public Map<String, String> notes() {
        Map<String, String> notes = new TreeMap<>();
        file.metadata().forEach((key, value) -> {
            if (key.startsWith(NOTE)) {
                notes.put(key.substring(NOTE.length()), value);
            }
        });
        return notes;
    }

    private String metadata(String key) {
        return file.metadata().getOrDefault(key, "");
    }

    /** Returns the number of classes, C. */
    public int classes() {
        return Math.toIntExact(weight.shape().get(0));
    }

    /** Returns the number of feature channels, F. */
    public int features() {
        return Math.toIntExact(weight.shape().get(1));
    }

    NamedTensor weight() {
        return weight;
    }

    NamedTensor bias() {
        return bias;
    }

    /**
     * Checks that the head was fitted for a teacher.
     *
     * @throws UsageException if its teacher, label schema or number of features is another one
     */
    public void requireFor(dev.reflux.common.model.ModelCard teacher) {
        if (!teacherId().equals(teacher.name())
                || !labelSchemaId().equals(teacher.labelSchema().id())
                || features() != teacher.featuresChannels()
                || classes() != teacher.labelSchema().classCount()) {
            throw new UsageException("The projection head " + id() + " was fitted for teacher " + teacherId()
                    + " and schema "
                    + labelSchemaId() + " (" + features() + " features, " + classes() + " classes), not for "
                    + teacher.name() + " and " + teacher.labelSchema().id() + "; fit one with reflux fit-projection.");
        }
    }
}
