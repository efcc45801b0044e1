package dev.reflux.trainer.checkpoint;

import java.util.Map;

/**
 * The whole state of a trainer between two windows.
 *
 * @param state the state without tensors
 * @param tensors the parts of the learner's state by name
 */
public record TrainerCheckpoint(TrainerState state, Map<String, byte[]> tensors) {}
