package dev.reflux.cli.dev;

import dev.reflux.common.launch.CommandGroup;
import picocli.CommandLine.Command;

/** Groups the commands that run the path as processes of this machine. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        description = "Run the whole path, or its broker or store, as processes of this machine.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dev up", "  reflux dev scale 2"},
        subcommands = {DevUpCommand.class, DevScaleCommand.class, DevBrokerCommand.class, DevStoreCommand.class})
public final class DevCommand extends CommandGroup {}
