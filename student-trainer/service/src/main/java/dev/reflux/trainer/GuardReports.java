package dev.reflux.trainer;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.guard.Fault;
import dev.reflux.trainer.guard.GuardListener;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.FirstLook;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what the guard reports to log and meters. The training thread only.
 *
 * @param asked is told what the student says of a frame that the guard asks it about
 */
record GuardReports(String model, TrainerGauges gauges, FirstLook asked) implements GuardListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardReports.class);

    @Override
    public void said(String sentence) {
        LOG.warn("The guard of {}: {}", model, sentence);
    }

    @Override
    public void asked(TrainingSample sample, LabelMap classes) {
        asked.saw(sample, classes);
    }

    @Override
    public void faulted(Fault fault) {
        gauges.faulted(fault);
    }
}
