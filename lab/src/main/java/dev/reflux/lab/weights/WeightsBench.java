package dev.reflux.lab.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.lab.learning.LearnerOnlooker;
import dev.reflux.lab.learning.LearningListener;
import dev.reflux.lab.learning.LearningMethod;
import dev.reflux.lab.learning.LearningSettings;
import dev.reflux.lab.learning.LearningStand;
import dev.reflux.lab.learning.Protocol;
import dev.reflux.lab.learning.RunResult;
import dev.reflux.torch.image.Augmentation;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.BatchTensors;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures which cells KMM, KEM and the gradients of the loss weigh. A student learns the stream. Then the terms are computed
 * on frames of the stream and of the test, as the loss would compute them next.
 */
public final class WeightsBench {

    private static final int SEED = 1;

    private final LearningSettings settings;
    private final int framesOfSplit;
    private final int shown;
    private final LearningListener listener;

    /**
     * Creates a benchmark.
     *
     * @param settings the stream, the teacher, the student and the one method, which has a projection head
     * @param framesOfSplit number of frames of each split that are looked at, evenly spread
     * @param shown number of test frames in the pictures, evenly spread
     */
    public WeightsBench(LearningSettings settings, int framesOfSplit, int shown, LearningListener listener) {
        this.settings = settings;
        this.framesOfSplit = framesOfSplit;
        this.shown = shown;
        this.listener = listener;
    }

    /**
     * The figures and the pictures.
     *
     * @param figures the figures
     * @param pictures an SVG file
     */
    public record Result(WeightFigures figures, String pictures) {}

    /** @throws dev.reflux.common.failure.UsageException in one sentence, when data set, teacher or student cannot be used */
    public Result run() {
        try (LearningStand stand = LearningStand.open(settings, listener)) {
            listener.say(stand.summary());
            Looks looks = new Looks(stand);
            long steps = stand.steps(method());
            RunResult result = stand.run(
                    new LearningStand.Run(method().name(), method(), SEED, sample -> sample),
                    looks,
                    step -> listener.progressed("steps", step, steps, "the student"));
            WeightFigures figures = new WeightFigures(
                    stand.dataset().id(),
                    stand.view().toString(),
                    method().name(),
                    result.last().miou(),
                    looks.splits);
            return new Result(figures, looks.pictures.file());
        }
    }

    private LearningMethod method() {
        return settings.methods().get(0);
    }

    private List<TrainingSample> spread(List<Protocol.Shot> all, int count) {
        List<TrainingSample> some = new ArrayList<>();
        for (int i = 0; i < Math.min(count, all.size()); i++) {
            some.add(
                    method().seen(all.get((int) ((long) i * all.size() / count)).sample()));
        }
        return some;
    }

    /** Looks at the frames of both splits with the student at the end of the stream. */
    private final class Looks implements LearnerOnlooker {

        private final LearningStand stand;
        private final WeightPictures pictures;
        private final List<WeightFigures.Split> splits = new ArrayList<>();

        Looks(LearningStand stand) {
            this.stand = stand;
            this.pictures = new WeightPictures(stand.dataset().schema());
        }

        @Override
        public void ends(StudentLearner learner) {
            List<Protocol.Shot> test = stand.taught("test");
            splits.add(figures("train", stand.taught(), learner));
            splits.add(figures("test", test, learner));
            for (TrainingSample sample : spread(test, shown)) {
                Look look = look(learner, sample);
                pictures.add(sample.image(), look.cells(), look.terms());
            }
        }

        private WeightFigures.Split figures(String split, List<Protocol.Shot> all, StudentLearner learner) {
            WeightTally tally = new WeightTally(stand.dataset().schema().classCount());
            for (TrainingSample sample : spread(all, framesOfSplit)) {
                Look look = look(learner, sample);
                if (look.hasLabel()) {
                    tally.add(look.terms(), look.cells(), look.projected().ids());
                }
            }
            return tally.figures(split);
        }

        /** Computes a frame on the student's own grid of projected logits, as the loss does. */
        private Look look(StudentLearner learner, TrainingSample sample) {
            BatchTensors batch = new BatchTensors(
                    stand.runtime(), new BatchTensors.Memory(), List.of(sample), List.of(Augmentation.NONE));
            try (NDManager scratch = stand.runtime().manager().newSubManager()) {
                SegmentationModel student = learner.student();
                SegmentationModel.Output said = student.forward(
                        scratch, batch.images(scratch, student.card().input()));
                NDArray ofStudent = learner.projected(scratch, said.features());
                int rows = (int) ofStudent.getShape().get(2);
                int columns = (int) ofStudent.getShape().get(3);
                CellTerms.Logits logits = new CellTerms.Logits(
                        only(stand.runtime().helper().resize(scratch, said.logits(), rows, columns)),
                        only(batch.logits(scratch, rows, columns)),
                        only(ofStudent),
                        only(batch.projected(scratch, rows, columns)));
                LabelMap labels = batch.labels(
                                rows,
                                columns,
                                method().tuning().labels(),
                                stand.dataset().schema().classCount())
                        .get(0);
                return new Look(
                        new CellTerms(method().loss().builtIn(), labels, logits),
                        new CellKind.Cells(
                                sample.label(),
                                labels,
                                logits.teacher().classes(),
                                logits.student().classes()),
                        logits.teacherProjected().classes());
            }
        }

        private LogitMap only(NDArray maps) {
            return LogitTensors.maps(maps).get(0);
        }
    }

    /**
     * A frame.
     *
     * @param projected the most likely classes by Z_t
     */
    private record Look(CellTerms terms, CellKind.Cells cells, LabelMap projected) {

        boolean hasLabel() {
            return terms.evenness() > 0;
        }
    }
}
