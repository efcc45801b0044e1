package dev.reflux.cli.models;

import dev.reflux.common.launch.CommandGroup;
import picocli.CommandLine.Command;

/** Groups the commands on the models of a registry. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        description = "Show and manage the models of a registry.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models list",
            "  reflux models show student latest",
            "  reflux models promote student 7 --alias champion",
            "  reflux models rollback student",
            "  reflux models verify --local run",
        },
        subcommands = {
            ModelsListCommand.class,
            ModelsShowCommand.class,
            ModelsPromoteCommand.class,
            ModelsRollbackCommand.class,
            ModelsHistoryCommand.class,
            ModelsTagCommand.class,
            ModelsReapCommand.class,
            ModelsGateCommand.class,
            ModelsDeltaCommand.class,
            ModelsCompressCommand.class,
            ModelsVerifyCommand.class,
            ModelsKeyCommand.class,
            ModelsTokenCommand.class,
        })
public final class ModelsCommand extends CommandGroup {}
