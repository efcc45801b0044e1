package dev.reflux.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
final class DatasetCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "A subcommand is missing; give one of "
                        + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
