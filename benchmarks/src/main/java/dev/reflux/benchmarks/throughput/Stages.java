package dev.reflux.benchmarks.throughput;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** Sums the times of consecutive stages. */
final class Stages {

    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private final long began = System.nanoTime();

    <T> T timed(String stage, Callable<T> work) {
        long start = System.nanoTime();
        try {
            return work.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            add(stage, System.nanoTime() - start);
        }
    }

    void add(String stage, long taken) {
        nanos.merge(stage, taken, Long::sum);
    }

    /** Returns the figures for a number of frames that have passed all stages. */
    StageFigures over(int frames) {
        double wall = (System.nanoTime() - began) / 1e6 / frames;
        Map<String, Double> millis = new LinkedHashMap<>();
        nanos.forEach((stage, taken) -> millis.put(stage, taken / 1e6 / frames));
        return new StageFigures(frames, millis, wall);
    }
}
