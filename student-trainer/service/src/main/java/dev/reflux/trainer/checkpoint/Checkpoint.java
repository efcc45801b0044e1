package dev.reflux.trainer.checkpoint;

import java.util.Map;

/**
 * Everything that a trainer is at one moment.
 *
 * @param state all but the tensors
 * @param tensors the learner's parts by name
 */
public record Checkpoint(TrainerState state, Map<String, byte[]> tensors) {}
