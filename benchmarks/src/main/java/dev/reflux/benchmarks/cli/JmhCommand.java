package dev.reflux.benchmarks.cli;

import dev.reflux.benchmarks.micro.JmhRun;
import dev.reflux.cli.bench.BenchmarkCommand;
import dev.reflux.common.failure.UsageException;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reflux bench jmh}: the small operations that run for every frame. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        description = "Run the JMH benchmarks: tensor codec, image and label decoding, loss, argmax, confusion matrix.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux bench jmh",
            "  reflux bench jmh TensorCodec",
            "  reflux bench jmh 'loss|argmax' --out jmh",
        })
public final class JmhCommand implements BenchmarkCommand {

    @Parameters(
            paramLabel = "PATTERN",
            defaultValue = ".*",
            description = "Regular expression of the benchmarks to run (default: all).")
    private String pattern = ".*";

    @Option(names = "--quick", description = "Run one short iteration of each, to see that it works.")
    private boolean quick;

    @Mixin
    private BenchOptions bench = new BenchOptions();

    @Override
    public Integer call() {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new UsageException("\"" + pattern + "\" is no regular expression: " + e.getDescription() + ".", e);
        }
        Map<String, JmhRun.Score> scores = JmhRun.run(pattern, quick);
        bench.tell("jmh", scores, JmhRun.table(scores).toString());
        return 0;
    }
}
