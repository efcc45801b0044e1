package dev.reflux.benchmarks.micro;

import dev.reflux.benchmarks.report.Table;
import dev.reflux.common.failure.UsageException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks of this package, each in a JVM of its own. */
public final class JmhRun {

    private JmhRun() {}

    /**
     * The score of a benchmark.
     *
     * @param micros microseconds per operation
     * @param error half of JMH's 99.9 % interval in microseconds; NaN after too few iterations
     */
    public record Score(double micros, double error) {}

    /**
     * @param pattern regular expression of benchmark names
     * @param quick whether each benchmark runs one short iteration only, which shows that it runs and measures nothing
     * @return scores by name and parameters
     * @throws UsageException if the pattern matches no benchmark
     */
    public static Map<String, Score> run(String pattern, boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("dev\\.reflux\\.benchmarks\\.micro\\..*(?:" + pattern + ").*")
                .shouldFailOnError(true);
        if (quick) {
            options.warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(20))
                    .verbosity(VerboseMode.SILENT);
        }
        try {
            return scores(new Runner(options.build()).run());
        } catch (NoBenchmarksException e) {
            throw new UsageException(
                    "No benchmark's name matches \"" + pattern + "\"; leave the pattern out to run all.", e);
        } catch (RunnerException e) {
            throw new IllegalStateException("a benchmark failed", e);
        }
    }

    private static Map<String, Score> scores(Collection<RunResult> results) {
        Map<String, Score> scores = new TreeMap<>();
        for (RunResult result : results) {
            String benchmark = result.getParams().getBenchmark();
            String name = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
            StringBuilder parameters = new StringBuilder();
            result.getParams().getParamsKeys().forEach(key -> parameters
                    .append(' ')
                    .append(result.getParams().getParam(key)));
            scores.put(
                    name + parameters,
                    new Score(
                            result.getPrimaryResult().getScore(),
                            result.getPrimaryResult().getScoreError()));
        }
        return scores;
    }

    /** Returns the scores as a table. */
    public static Table table(Map<String, Score> scores) {
        Table table = new Table("benchmark", "µs", "±");
        scores.forEach((name, score) -> table.row(
                name,
                String.format(Locale.ROOT, "%.1f", score.micros()),
                Double.isNaN(score.error()) ? "-" : String.format(Locale.ROOT, "%.1f", score.error())));
        return table;
    }
}
