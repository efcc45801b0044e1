package dev.reflux.benchmarks.throughput;

import java.nio.file.Path;

/**
 * The settings of {@link ThroughputBenchmark}.
 *
 * @param dataset the data set whose {@code train} split is streamed, such as {@code synthetic}
 * @param teacher the teacher's card, with its projection head beside it
 * @param student the student's card; its weights are initialized at random
 * @param frames number of frames that the trainer learns in each run, at least 16; the faster teacher processes up to
 *     four times as many
 * @param teacherSeconds approximate duration of a run of the teacher in seconds, reached by repeating the frames up to
 *     eight times; 0 for one pass
 * @param rounds number of pairs of runs, at least 1
 * @param threads number of compute threads
 */
public record ThroughputSettings(
        String dataset, Path teacher, Path student, int frames, int teacherSeconds, int rounds, int threads) {}
