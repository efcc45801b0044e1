package dev.reflux.benchmarks.throughput;

import java.nio.file.Path;

/**
 * What {@link ThroughputBenchmark} runs.
 *
 * @param dataset whose {@code train} split is streamed, such as {@code synthetic}
 * @param teacher card, with its projection head beside it
 * @param student card; its weights are drawn anew
 * @param frames that the trainer learns in each run, at least 16; the teacher, being quicker, labels up to four times as
 *     many
 * @param teacherSeconds that a run of the teacher is to last about, by the same frames over and over, eight times at
 *     most; 0 for one pass
 * @param rounds pairs of runs, at least 1
 * @param threads of compute
 */
public record ThroughputSettings(
        String dataset, Path teacher, Path student, int frames, int teacherSeconds, int rounds, int threads) {}
