package dev.reflux.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Times of plain PyTorch for the same work, measured by {@code models/bench_pytorch.py}, in milliseconds.
 *
 * @param processor on which it was measured
 * @param torch version of PyTorch
 * @param threads of compute
 * @param losses forward and backward of the losses
 * @param steps whole training steps
 */
public record PytorchFigures(
        String processor, String torch, int threads, List<LossFigures> losses, List<StepFigures> steps) {

    /**
     * @param shape N, C, h, w of both tensors of the student
     * @param listing the article's listing
     * @param autograd our formulas, gradients by autograd
     */
    public record LossFigures(List<Integer> shape, Spread listing, Spread autograd) {}

    /**
     * @param student name of its card
     * @param layout of the images in memory: contiguous (PyTorch's default) or channels-last
     * @param step all four
     */
    public record StepFigures(
            String student,
            int batch,
            int classes,
            int height,
            int width,
            String layout,
            Spread step,
            Spread forward,
            Spread loss,
            Spread backward,
            Spread update) {}

    /** Returns the committed figures. */
    public static PytorchFigures stored() {
        try (InputStream in = PytorchFigures.class.getResourceAsStream("pytorch-figures.json")) {
            return new ObjectMapper()
                    .readValue(Objects.requireNonNull(in, "pytorch-figures.json"), PytorchFigures.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<LossFigures> loss(List<Integer> shape) {
        return losses.stream().filter(one -> one.shape().equals(shape)).findFirst();
    }

    /** Returns the figure of the faster layout. */
    public Optional<StepFigures> step(String student, int batch, int classes, int height, int width) {
        return steps.stream()
                .filter(one -> one.student().equals(student)
                        && one.batch() == batch
                        && one.classes() == classes
                        && one.height() == height
                        && one.width() == width)
                .min(java.util.Comparator.comparingDouble(one -> one.step().median()));
    }

    /** Returns a warning if a figure of this process cannot be compared with these figures, or empty if it can. */
    public Optional<String> warning(Machine here, int threadsHere) {
        if (!processor.equals(here.processor())) {
            return Optional.of("PyTorch's figures are from another processor (" + processor + ", here it is "
                    + here.processor() + "): run models/bench_pytorch.py here before comparing.");
        }
        return threads == threadsHere
                ? Optional.empty()
                : Optional.of("PyTorch's figures are of " + threads + " threads, these of " + threadsHere
                        + ": add --threads " + threads + " to compare.");
    }

    /** {@code PyTorch 2.7.1, 2 threads, on PROCESSOR}. */
    public String source() {
        return "PyTorch " + torch + ", " + threads + " threads, on " + processor;
    }
}
