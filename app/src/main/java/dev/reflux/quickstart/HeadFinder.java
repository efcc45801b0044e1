package dev.reflux.quickstart;

import dev.reflux.datasets.DatasetSplit;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.TeacherMain;
import dev.reflux.teacher.heads.ProjectionFitListener;
import dev.reflux.teacher.heads.ProjectionFitReport;
import dev.reflux.teacher.heads.ProjectionFitSettings;
import dev.reflux.teacher.heads.ProjectionFitter;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Finds the teacher's projection head of a run, or fits one on the run's data set. The main thread only. */
final class HeadFinder {

    private final RunPlan plan;
    private final Workspace workspace;
    private final Progress progress;
    private final Runnable stopCheck;

    /** @param stopCheck called after each step of a fit; what it throws ends the fit, which is then not kept */
    HeadFinder(RunPlan plan, Workspace workspace, Progress progress, Runnable stopCheck) {
        this.plan = plan;
        this.workspace = workspace;
        this.progress = progress;
        this.stopCheck = stopCheck;
    }

    /** Returns the head beside the teacher's card, or the one that this run has fitted; empty if there is neither. */
    Optional<Path> find() {
        Path beside = TeacherMain.headBeside(plan.settings().teacherCard());
        if (Files.exists(beside)) {
            return Optional.of(beside);
        }
        return Files.exists(fitted()) ? Optional.of(fitted()) : Optional.empty();
    }

    /** Fits a head on the train split and keeps it in the run's folder. */
    Path fit(TorchRuntime runtime) {
        progress.say("  no projection head lies beside the teacher: fitting one");
        try (SegmentationModel model =
                SegmentationModel.load(runtime, plan.settings().teacherCard(), SegmentationModel.Mode.INFERENCE)) {
            ProjectionFitReport report = new ProjectionFitter(
                            runtime, model, plan.teacherView(), ProjectionFitSettings.DEFAULT)
                    .fit(new DatasetSplit(plan.dataset(), "train"), new FitProgress(progress, stopCheck));
            Workspace.whole(fitted(), report.head()::write);
            progress.say(String.format(
                    Locale.ROOT,
                    "  fitted head %s: BCE %.4f, on held-out frames %.4f",
                    report.head().id(),
                    report.trainBce(),
                    report.heldOutBce()));
        }
        return fitted();
    }

    private Path fitted() {
        return workspace.work("projection.safetensors");
    }

    private record FitProgress(Progress progress, Runnable stopCheck) implements ProjectionFitListener {
        @Override
        public void extracted(int frames, int of) {
            stopCheck.run();
            progress.show("features", frames, of, "");
        }

        @Override
        public void searched(double l2, int evaluation, int of, double bce) {
            stopCheck.run();
            progress.show("fit", evaluation, of, String.format(Locale.ROOT, "penalty %.0e  BCE %.4f", l2, bce));
        }
    }
}
