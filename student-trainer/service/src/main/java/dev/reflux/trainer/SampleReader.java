package dev.reflux.trainer;

import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.util.List;

/** Reads samples again by their places in the log. The training thread only. */
interface SampleReader {

    /**
     * Returns the samples in the order of the references, without those that the log no longer has.
     *
     * @param references the places of the samples
     * @param mostBytes the largest number of bytes of all samples; of more samples, the last ones are returned
     */
    List<TrainingSample> read(List<SampleReference> references, long mostBytes);
}
