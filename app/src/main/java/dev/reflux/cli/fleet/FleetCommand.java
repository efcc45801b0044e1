package dev.reflux.cli.fleet;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The vehicle's side. */
@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        description =
                "What runs on the vehicle's side: push labelled frames, pull students, watch for new ones, report bad ones.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet push --dataset synthetic --rate 10 --spool /var/spool/reflux",
            "  reflux fleet pull --model student --out vehicle",
            "  reflux fleet watch --model student --out vehicle",
        },
        subcommands = {FleetPushCommand.class, FleetPullCommand.class, FleetWatchCommand.class, FleetReportCommand.class
        })
public final class FleetCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what the fleet is to do: push, pull, watch or report.");
    }
}
