package dev.reflux.cli;

import dev.reflux.common.launch.CommandGroup;
import picocli.CommandLine.Command;

/** Groups the commands on labeled frames as files. */
@Command(
        name = "dataset",
        mixinStandardHelpOptions = true,
        description = "Work with labeled frames as files.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dataset export --dataset synthetic --frames 60 --out my-frames"},
        subcommands = {DatasetExportCommand.class})
final class DatasetCommand extends CommandGroup {}
