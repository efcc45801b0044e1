package dev.reflux.lab.learning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.reflux.common.label.LabelClass;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.lab.learning.RunResult.ClassShare;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.image.DirectMemory;
import dev.reflux.torch.image.LogitTensors;
import dev.reflux.trainer.distillation.TeacherShare;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.StudentLearner;
import java.util.ArrayList;
import java.util.List;

/**
 * The shares of KMM for a student and a teacher by class: the {@linkplain TeacherShare teacher's share}. Most labelled cells are of other classes; so the share is taken over the cells of the class alone
 * too. The learner's thread.
 */
final class KmmShares {

    private final LabelSchema schema;
    private final double[] everywhere;
    private final double[] there;
    private final long[] cellsThere;
    private long cells;

    KmmShares(LabelSchema schema) {
        this.schema = schema;
        this.everywhere = new double[schema.classCount()];
        this.there = new double[schema.classCount()];
        this.cellsThere = new long[schema.classCount()];
    }

    /** @param samples of one view, looked at one by one */
    static List<ClassShare> of(
            TorchRuntime runtime, StudentLearner learner, LabelSchema schema, List<TrainingSample> samples) {
        KmmShares shares = new KmmShares(schema);
        for (TrainingSample sample : samples) {
            LogitMap student = learner.project(List.of(sample)).get(0);
            TensorShape grid = student.shape();
            shares.add(
                    student,
                    onGrid(runtime, sample.projected(), grid),
                    sample.label().nearest(grid.width(), grid.height()).ids());
        }
        return shares.byClass();
    }

    private static LogitMap onGrid(TorchRuntime runtime, LogitMap map, TensorShape grid) {
        if (map.shape().equals(grid)) {
            return map;
        }
        try (NDManager scratch = runtime.manager().newSubManager()) {
            NDArray whole = LogitTensors.batch(scratch, new DirectMemory(), List.of(map));
            return LogitTensors.maps(runtime.helper().resize(scratch, whole, grid.height(), grid.width()))
                    .get(0);
        }
    }

    /** One frame: Z_s, Z_t and class ids on one grid. */
    void add(LogitMap student, LogitMap teacher, byte[] ids) {
        int plane = student.shape().plane();
        for (int p = 0; p < plane; p++) {
            int id = ids[p] & 0xFF;
            if (id == LabelSchema.IGNORE) {
                continue;
            }
            cells++;
            cellsThere[id]++;
            for (int c = 0; c < everywhere.length; c++) {
                double share =
                        TeacherShare.of(student.values()[c * plane + p], teacher.values()[c * plane + p], c == id);
                everywhere[c] += share;
                there[c] += c == id ? share : 0;
            }
        }
    }

    List<ClassShare> byClass() {
        List<ClassShare> shares = new ArrayList<>();
        for (LabelClass one : schema.classes()) {
            int c = shares.size();
            shares.add(new ClassShare(one.name(), everywhere[c] / cells, there[c] / cellsThere[c]));
        }
        return shares;
    }
}
