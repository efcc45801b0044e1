package dev.reflux.trainer;

import dev.reflux.trainer.guard.Fault;
import dev.reflux.trainer.guard.GuardListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what the guard reports to log and meters. The training thread only. */
record GuardReports(String model, TrainerGauges gauges) implements GuardListener {

    private static final Logger LOG = LoggerFactory.getLogger(GuardReports.class);

    @Override
    public void said(String sentence) {
        LOG.warn("The guard of {}: {}", model, sentence);
    }

    @Override
    public void faulted(Fault fault) {
        gauges.faulted(fault);
    }
}
