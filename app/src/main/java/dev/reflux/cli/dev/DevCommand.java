package dev.reflux.cli.dev;

import dev.reflux.common.launch.CommandGroup;
import picocli.CommandLine.Command;

/** The whole path as separate processes of this machine. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        description = "The whole path as separate processes of this machine, and its parts.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dev up", "  reflux dev scale 2"},
        subcommands = {DevUpCommand.class, DevScaleCommand.class, DevBrokerCommand.class, DevStoreCommand.class})
public final class DevCommand extends CommandGroup {}
