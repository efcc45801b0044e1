package dev.reflux.quickstart;

import dev.reflux.quickstart.progress.Progress;
import dev.reflux.teacher.TeacherListener;
import dev.reflux.trainer.TrainerListener;
import dev.reflux.trainer.TrainerService;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.publish.PublishedStudent;
import dev.reflux.trainer.update.HoldoutScore;
import dev.reflux.trainer.update.StepReport;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/** Shows and keeps what trainer and teacher say. Called on their threads. */
final class LiveProgress implements TrainerListener, TeacherListener {

    private final Progress progress;
    private final RunHistory history;
    private final long messages;
    private final AtomicReference<TrainerService> trainer = new AtomicReference<>();
    private volatile long version;

    /** @param messages the number of frames and late labels that the camera sends */
    LiveProgress(Progress progress, RunHistory history, long messages) {
        this.progress = progress;
        this.history = history;
        this.messages = messages;
    }

    /** The trainer speaks before it is handed out; from here on its lag is shown too. */
    void watch(TrainerService started) {
        trainer.set(started);
    }

    @Override
    public void stepped(StepReport report, TrainerState.Counts counts, double prequentialMiou) {
        history.add(report, counts, prequentialMiou);
        long done = counts.total();
        TrainerService known = trainer.get();
        progress.show(
                "train",
                done,
                messages,
                String.format(
                        Locale.ROOT,
                        "mIoU %4.1f  loss %.2f  lag %d  %s",
                        100 * prequentialMiou,
                        report.total(),
                        known == null ? 0 : known.lag(),
                        report.warmUp() ? "warm-up" : "v" + version));
    }

    @Override
    public void published(PublishedStudent student) {
        version = student.version().version();
        progress.say(String.format(
                Locale.ROOT,
                "  published v%d after %d frames%s",
                version,
                student.version().lineage().framesTrained(),
                score(student.taken())));
    }

    private static String score(HoldoutScore score) {
        if (Double.isNaN(score.figure())) {
            return "";
        }
        return score.isByLabels()
                ? String.format(
                        Locale.ROOT,
                        ": held-out mIoU %.1f on %d labeled frame%s",
                        100 * score.byLabels().miou(),
                        score.byLabels().frames(),
                        score.byLabels().frames() == 1 ? "" : "s")
                : String.format(
                        Locale.ROOT,
                        ": too few held-out frames have a label, agreement with the teacher %.1f %%",
                        100 * score.agreement());
    }
}
