package dev.reflux.trainer;

import dev.reflux.trainer.checkpoint.TrainerState;
import java.util.List;
import java.util.Map;

/**
 * How far a trainer is. Immutable.
 *
 * @param nextOffsets the next offset of each partition: all samples before it have had their effect
 * @param counts the outcomes of all samples so far
 * @param publishedVersion the last version of this lineage; 0 for none
 * @param publishIntent whether a version of exactly this state is still to be published
 * @param framesAtLastPublish the number of trained frames at the last version
 * @param lost the number of offsets that retention removed before they were read
 * @param gaps the newest of these gaps
 */
record TrainerProgress(
        Map<Integer, Long> nextOffsets,
        TrainerState.Counts counts,
        long publishedVersion,
        boolean publishIntent,
        long framesAtLastPublish,
        long lost,
        List<TrainerState.Gap> gaps) {}
