package dev.reflux.quickstart.progress;

import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.DatasetCatalog;
import dev.reflux.datasets.SurveyListener;
import java.util.concurrent.TimeUnit;

/** Opens a data set for a person: shows the look through its files when it lasts, and says what is odd. */
public final class SurveyProgress implements SurveyListener {

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Progress progress;
    private final long began = System.nanoTime();

    private SurveyProgress(Progress progress) {
        this.progress = progress;
    }

    /**
     * Opens a data set.
     *
     * @param spec as {@link DatasetCatalog#open} takes it
     * @throws dev.reflux.common.failure.UsageException when it cannot be used
     */
    public static Dataset open(String spec, Progress progress) {
        try {
            return DatasetCatalog.open(spec, new SurveyProgress(progress));
        } finally {
            progress.end();
        }
    }

    @Override
    public void lookedAt(int done, int of) {
        if (System.nanoTime() - began > QUIET_NANOS) {
            progress.show("files", done, of, "");
        }
    }

    @Override
    public void odd(String sentence) {
        progress.say("  " + sentence);
    }
}
