package dev.reflux.teacher.publish;

/**
 * What one committed transaction held.
 *
 * @param samples frames that went on
 * @param deadLetters frames that were refused
 * @param dropped records that were not published because their partition had moved to another consumer
 * @param wireBytes value bytes of the samples
 * @param attempts transactions that it took, 1 if the first was committed
 */
public record CommittedBatch(int samples, int deadLetters, int dropped, long wireBytes, int attempts) {}
