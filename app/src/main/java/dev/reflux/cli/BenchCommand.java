package dev.reflux.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The figures that we publish, for whoever wants to see them on a machine of their own. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure what docs/results publishes, each figure beside its baseline in the same run.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux bench loss",
            "  reflux bench memory --steps 2000",
            "  reflux bench throughput --out figures",
            "  reflux bench learning --seeds 1",
        },
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BenchCkaCommand.class,
            BenchDeltaCommand.class,
            BenchDriftCommand.class,
            BenchJmhCommand.class,
            BenchLearningCommand.class,
            BenchLogitsCommand.class,
            BenchLossCommand.class,
            BenchMemoryCommand.class,
            BenchThroughputCommand.class,
            BenchTruthCommand.class,
            BenchWatchersCommand.class,
        })
final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to measure: one of "
                        + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
