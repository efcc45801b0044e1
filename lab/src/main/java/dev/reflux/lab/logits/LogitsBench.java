package dev.reflux.lab.logits;

import com.fasterxml.jackson.core.type.TypeReference;
import com.google.protobuf.CodedOutputStream;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.lab.learning.LearnerOnlooker;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethod;
import dev.reflux.lab.learning.LearningStand;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.learning.RunResult;
import dev.reflux.lab.logits.LogitsFigures.Score;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Compares encodings of the teacher's tensors: the teacher's output for the same frames in fp32 reaches the same student
 * through every encoding.
 */
public final class LogitsBench {

    private static final int GRADIENT_SEED = 1;

    private final LogitsSettings settings;
    private final LearningListener listener;

    public LogitsBench(LogitsSettings settings, LearningListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** Errors by encoding, before the stream and after it. */
    record Errors(Map<String, GradientErrors.Error> untrained, Map<String, GradientErrors.Error> trained) {}

    private record Planned(String encoding, LearningStand.Run run) {}

    /**
     * The mean number of bytes of a frame.
     *
     * @param tensors bytes of values and scales of both tensors
     * @param sample bytes of the whole message
     */
    record Size(double tensors, double sample) {}

    /** @throws dev.reflux.common.failure.UsageException in one sentence, when data set, teacher or student cannot be used */
    public LogitsFigures run() {
        try (LearningStand stand = LearningStand.open(settings.learning(), listener)) {
            listener.say(stand.summary());
            Errors errors = stand.kept(
                    "gradients-" + method().name() + "-"
                            + String.join(
                                    "+", settings.names().stream().sorted().toList()) + ".json",
                    new TypeReference<Errors>() {},
                    () -> errors(stand));
            Map<String, List<Score>> scores = scores(stand);
            List<LogitsFigures.Row> rows = new ArrayList<>();
            for (LogitEncoding encoding : settings.encodings()) {
                String name = encoding.name();
                rows.add(new LogitsFigures.Row(
                        name,
                        size(encoding, stand.taught()),
                        of(errors.untrained(), name),
                        of(errors.trained(), name),
                        scores.getOrDefault(name, List.of())));
            }
            return new LogitsFigures(
                    stand.dataset().id(),
                    settings.learning().protocol().word(),
                    stand.view().toString(),
                    method().name(),
                    stand.taught().size(),
                    stand.tests(),
                    settings.seeds(),
                    rows);
        }
    }

    private static GradientErrors.Error of(Map<String, GradientErrors.Error> errors, String name) {
        return Objects.requireNonNull(errors.get(name), name);
    }

    private LearningMethod method() {
        return settings.learning().methods().get(0);
    }

    private LearningStand.Run run(LogitEncoding encoding, int seed) {
        return new LearningStand.Run(
                method().name() + "-" + encoding.name(), method(), seed, sample -> seen(sample, encoding));
    }

    static TrainingSample seen(TrainingSample sample, LogitEncoding encoding) {
        return sample.withTensors(encoding.seen(sample.projected()), encoding.seen(sample.logits()));
    }

    // ---- bytes -------------------------------------------------------------------------------------------------

    /** Returns the length of a sample's message with other tensors, as Protobuf computes it. */
    static Size size(LogitEncoding encoding, List<Protocol.Shot> shots) {
        double tensors = 0;
        double samples = 0;
        for (Protocol.Shot shot : shots) {
            TrainingSample sample = shot.sample();
            Tensor projected = encoding.encode(sample.projected());
            Tensor logits = encoding.encode(sample.logits());
            tensors += TensorCodec.payloadBytes(projected) + TensorCodec.payloadBytes(logits);
            int plain = field(TensorCodec.encode(sample.projected(), TensorType.TENSOR_TYPE_FP32), true)
                    + field(TensorCodec.encode(sample.logits(), TensorType.TENSOR_TYPE_FP32), false);
            samples += shot.bytes() - plain + field(projected, true) + field(logits, false);
        }
        return new Size(tensors / shots.size(), samples / shots.size());
    }

    private static int field(Tensor tensor, boolean projected) {
        return CodedOutputStream.computeMessageSize(
                projected ? DistillationSample.PROJECTED_LOGITS_FIELD_NUMBER : DistillationSample.LOGITS_FIELD_NUMBER,
                tensor);
    }

    // ---- gradients ---------------------------------------------------------------------------------------------

    private Errors errors(LearningStand stand) {
        GradientErrors gradients = new GradientErrors(stand.runtime(), settings.encodings());
        List<TrainingSample> samples =
                stand.taught().stream().map(Protocol.Shot::sample).toList();
        Map<String, GradientErrors.Error> untrained = new LinkedHashMap<>();
        Map<String, GradientErrors.Error> trained = new LinkedHashMap<>();
        LogitEncoding plain = settings.encodings().stream()
                .filter(encoding -> encoding.name().equals(LogitEncodings.BASELINE))
                .findFirst()
                .orElseThrow();
        LearnerOnlooker onlooker = new LearnerOnlooker() {
            @Override
            public void starts(StudentLearner learner) {
                untrained.putAll(gradients.of(learner, samples, done -> shown("untrained", done)));
            }

            @Override
            public void ends(StudentLearner learner) {
                trained.putAll(gradients.of(learner, samples, done -> shown("trained", done)));
            }

            private void shown(String state, int done) {
                listener.progressed("gradients", done, samples.size(), "of the " + state + " student");
            }
        };
        long steps = stand.steps(method());
        stand.run(
                run(plain, GRADIENT_SEED),
                onlooker,
                step -> listener.progressed("steps", step, steps, "the student whose gradients are looked at"));
        return new Errors(untrained, trained);
    }

    // ---- learning ----------------------------------------------------------------------------------------------

    /** Runs seed by seed, so that a benchmark that is stopped early has a figure for every encoding. */
    private Map<String, List<Score>> scores(LearningStand stand) {
        List<Planned> all = new ArrayList<>();
        for (int seed = 1; seed <= settings.seeds(); seed++) {
            for (LogitEncoding encoding : settings.encodings()) {
                all.add(new Planned(encoding.name(), run(encoding, seed)));
            }
        }
        long each = stand.steps(method());
        long missing =
                all.stream().filter(one -> stand.ended(one.run()).isEmpty()).count();
        long done = 0;
        Map<String, List<Score>> scores = new LinkedHashMap<>();
        for (Planned one : all) {
            RunResult result = stand.ended(one.run()).orElse(null);
            if (result == null) {
                result = run(stand, one.run(), done * each, missing * each);
                done++;
            }
            scores.computeIfAbsent(one.encoding(), name -> new ArrayList<>())
                    .add(new Score(one.run().seed(), result.last().miou(), result.prequential()));
        }
        return scores;
    }

    private RunResult run(LearningStand stand, LearningStand.Run run, long before, long of) {
        String what = run.row() + ", seed " + run.seed();
        RunResult result =
                stand.run(run, new LearnerOnlooker() {}, step -> listener.progressed("steps", before + step, of, what));
        listener.say(String.format(
                Locale.ROOT,
                "%s: mIoU %.1f, prequential %.1f",
                what,
                100 * result.last().miou(),
                100 * result.prequential()));
        return result;
    }
}
