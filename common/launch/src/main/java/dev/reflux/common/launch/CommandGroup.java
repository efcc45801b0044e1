package dev.reflux.common.launch;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that has subcommands and does nothing by itself. */
public abstract class CommandGroup implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Returns picocli's model of this command. */
    protected final CommandSpec spec() {
        return spec;
    }

    /** Fails with a sentence that names the subcommands. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "A command is missing; give one of "
                        + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
