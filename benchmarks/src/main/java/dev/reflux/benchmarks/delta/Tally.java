package dev.reflux.benchmarks.delta;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects bytes and times of one coding. */
final class Tally {

    private final List<Double> encoding = new ArrayList<>();
    private final List<Double> applying = new ArrayList<>();
    private final List<Long> bytes = new ArrayList<>();

    <T> T encoding(Supplier<T> work) {
        return timed(work, encoding);
    }

    <T> T applying(Supplier<T> work) {
        return timed(work, applying);
    }

    private static <T> T timed(Supplier<T> work, List<Double> times) {
        long began = System.nanoTime();
        T result = work.get();
        times.add((System.nanoTime() - began) / 1e6);
        return result;
    }

    void bytes(long length) {
        bytes.add(length);
    }

    double meanBytes() {
        return bytes.stream().mapToLong(Long::longValue).average().orElse(Double.NaN);
    }

    long mostBytes() {
        return bytes.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    double encodeMillis() {
        return median(encoding);
    }

    double applyMillis() {
        return median(applying);
    }

    private static double median(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }
}
