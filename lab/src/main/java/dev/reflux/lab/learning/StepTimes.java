package dev.reflux.lab.learning;

import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.StudentLearner;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures the time of a step of each method in turns on the same batch, so that other load slows every method alike and
 * the ratios hold.
 */
final class StepTimes {

    private static final int WARM_UP = 3;
    private static final int ROUNDS = 20;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final TorchRuntime runtime;
    private final Students students;
    private final boolean onThisThread;
    private final LearningListener listener;

    StepTimes(TorchRuntime runtime, Students students, LearningListener listener) {
        this.runtime = runtime;
        this.students = students;
        this.listener = listener;
        this.onThisThread = runtime.onCpu() && runtime.threads() == 1 && THREADS.isCurrentThreadCpuTimeSupported();
    }

    /**
     * Returns the milliseconds of a step. With one compute thread this is the processor time of this thread, which does not
     * depend on other load.
     */
    private double clock() {
        return (onThisThread ? THREADS.getCurrentThreadCpuTime() : System.nanoTime()) / 1e6;
    }

    /** Returns the milliseconds of the fastest step of each method after its warm-up. */
    Map<String, Double> measure(List<LearningMethod> methods, List<TrainingSample> batch) {
        List<StudentLearner> learners = new ArrayList<>();
        List<SegmentationModel> models = new ArrayList<>();
        Map<String, List<Double>> times = new LinkedHashMap<>();
        try {
            for (LearningMethod method : methods) {
                SegmentationModel student = students.untrained(1);
                models.add(student);
                learners.add(new StudentLearner(runtime, student, StudentRun.learnerSettings(method, 0), 1));
            }
            for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                listener.progressed("time", round, WARM_UP + ROUNDS, "a step of each method, in turns");
                for (int i = 0; i < methods.size(); i++) {
                    double before = clock();
                    learners.get(i).learn(batch, 0, 0, new CheckpointedRandom(round));
                    if (round >= WARM_UP) {
                        times.computeIfAbsent(methods.get(i).name(), name -> new ArrayList<>())
                                .add(clock() - before);
                    }
                }
            }
        } finally {
            learners.forEach(StudentLearner::close);
            models.forEach(SegmentationModel::close);
        }
        Map<String, Double> fastest = new LinkedHashMap<>();
        times.forEach((name, all) -> fastest.put(name, Collections.min(all)));
        return fastest;
    }
}
