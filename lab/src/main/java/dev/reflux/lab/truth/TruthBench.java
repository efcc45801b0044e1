package dev.reflux.lab.truth;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.lab.learning.LearnerOnlooker;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethod;
import dev.reflux.lab.learning.LearningStand;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.learning.RunResult;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.image.Predictions;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.BatchTensors;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Measures where the teacher is wrong, and KMM's share of the teacher there. A student learns the stream, then teacher and
 * student predict the test, and the share is computed as in the loss. It needs the student's projection head, which is not
 * published, so the student is trained here.
 */
public final class TruthBench {

    private static final int BATCH = 4;

    private final TruthSettings settings;
    private final LearningListener listener;

    public TruthBench(TruthSettings settings, LearningListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** The result of a student. */
    record Seen(SegmentationScore score, List<ShareTally.Shares> shares) {}

    /** @throws dev.reflux.common.failure.UsageException in one sentence, when data set, teacher or student cannot be used */
    public TruthFigures run() {
        try (LearningStand stand = LearningStand.open(settings.learning(), listener)) {
            listener.say(stand.summary());
            List<TrainingSample> samples = testSamples(stand);
            List<Seen> seen = new ArrayList<>();
            for (int seed = 1; seed <= settings.seeds(); seed++) {
                int one = seed;
                seen.add(stand.kept(
                        "truth-" + method().name() + "-" + seed + ".json",
                        new TypeReference<Seen>() {},
                        () -> seen(stand, samples, one)));
            }
            return new TruthFigures(
                    stand.dataset().id(),
                    stand.view().toString(),
                    method().name(),
                    samples.size(),
                    settings.seeds(),
                    rows(stand, samples, seen));
        }
    }

    private LearningMethod method() {
        return settings.learning().methods().get(0);
    }

    private List<TrainingSample> testSamples(LearningStand stand) {
        List<Protocol.Shot> all = stand.taught("test");
        List<TrainingSample> scored = new ArrayList<>();
        for (int i = 0; i < all.size(); i += settings.learning().testEvery()) {
            scored.add(method().seen(all.get(i).sample()));
        }
        return scored;
    }

    private Seen seen(LearningStand stand, List<TrainingSample> samples, int seed) {
        ShareTally tally = new ShareTally(stand.dataset().schema().classCount());
        LearnerOnlooker onlooker = new LearnerOnlooker() {
            @Override
            public void ends(StudentLearner learner) {
                for (int from = 0; from < samples.size(); from += BATCH) {
                    look(stand, learner, samples.subList(from, Math.min(samples.size(), from + BATCH)), tally);
                    listener.progressed("shares", from, samples.size(), "of the test's frames");
                }
            }
        };
        long steps = stand.steps(method());
        String what = "student " + seed + " of " + settings.seeds();
        RunResult result = stand.run(
                new LearningStand.Run(method().name(), method(), seed, sample -> sample),
                onlooker,
                step -> listener.progressed("steps", step, steps, what));
        listener.say(String.format(
                Locale.ROOT, "%s: mIoU %.1f", what, 100 * result.last().miou()));
        return new Seen(result.last(), tally.shares());
    }

    /** Adds a frame on the student's own grid of projected logits, as in the loss. */
    private void look(LearningStand stand, StudentLearner learner, List<TrainingSample> samples, ShareTally tally) {
        BatchTensors batch = new BatchTensors(
                stand.runtime(),
                new BatchTensors.Memory(),
                samples,
                Collections.nCopies(samples.size(), Augmentation.NONE));
        try (NDManager scratch = stand.runtime().manager().newSubManager()) {
            SegmentationModel student = learner.student();
            NDArray x = batch.images(scratch, student.card().input());
            NDArray projected =
                    learner.projected(scratch, student.forward(scratch, x).features());
            int rows = (int) projected.getShape().get(2);
            int columns = (int) projected.getShape().get(3);
            List<LabelMap> labels = batch.labels(
                    rows,
                    columns,
                    method().tuning().labels(),
                    stand.dataset().schema().classCount());
            List<LabelMap> said = new Predictions().argmax(batch.logits(scratch, rows, columns));
            List<LogitMap> ofStudent = LogitTensors.maps(projected);
            List<LogitMap> ofTeacher = LogitTensors.maps(batch.projected(scratch, rows, columns));
            for (int n = 0; n < samples.size(); n++) {
                tally.add(labels.get(n), said.get(n), ofStudent.get(n), ofTeacher.get(n));
            }
        }
    }

    // ---- the table ---------------------------------------------------------------------------------------------

    private static List<TruthFigures.Row> rows(LearningStand stand, List<TrainingSample> samples, List<Seen> seen) {
        LabelSchema schema = stand.dataset().schema();
        SegmentationScore teacher = stand.teacher();
        long[] pixels = pixels(schema, samples);
        List<TruthFigures.Row> rows = new ArrayList<>();
        for (LabelClass one : schema.classes()) {
            List<Double> students = seen.stream()
                    .map(each -> each.score().perClass().getOrDefault(one.name(), Double.NaN))
                    .toList();
            ShareTally.Shares shares = seen.stream()
                    .map(each -> each.shares().get(one.id()))
                    .reduce(TruthBench::together)
                    .orElseThrow();
            rows.add(new TruthFigures.Row(
                    one.name(),
                    teacher.perClass().getOrDefault(one.name(), Double.NaN),
                    students,
                    pixels[one.id()],
                    shares));
        }
        return rows;
    }

    private static ShareTally.Shares together(ShareTally.Shares a, ShareTally.Shares b) {
        return new ShareTally.Shares(
                a.right().and(b.right()),
                a.missed().and(b.missed()),
                a.falseAlarm().and(b.falseAlarm()));
    }

    private static long[] pixels(LabelSchema schema, List<TrainingSample> samples) {
        long[] pixels = new long[schema.classCount()];
        for (TrainingSample sample : samples) {
            for (byte id : sample.label().ids()) {
                if ((id & 0xFF) < pixels.length) {
                    pixels[id & 0xFF]++;
                }
            }
        }
        return pixels;
    }
}
