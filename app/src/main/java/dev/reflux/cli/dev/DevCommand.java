package dev.reflux.cli.dev;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
public final class DevCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to do: one of " + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
