package dev.reflux.cli.fleet;

import dev.reflux.common.launch.CommandGroup;
import picocli.CommandLine.Command;

/** Groups the commands that run on a vehicle, and what is asked of the fleet. */
@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        description =
                "Act as a vehicle: push frames, pull students, watch for new ones, report bad ones; and list the frames that deserve"
                        + " a label.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet push --dataset synthetic --rate 10 --spool /var/spool/reflux",
            "  reflux fleet pull --model student --out vehicle",
            "  reflux fleet watch --model student --out vehicle",
            "  reflux fleet wanted --model student --export wanted.csv",
        },
        subcommands = {
            FleetPushCommand.class,
            FleetPullCommand.class,
            FleetWatchCommand.class,
            FleetReportCommand.class,
            FleetWantedCommand.class
        })
public final class FleetCommand extends CommandGroup {}
