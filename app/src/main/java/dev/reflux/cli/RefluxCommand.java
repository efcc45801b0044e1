package dev.reflux.cli;

import dev.reflux.cli.bench.BenchCommand;
import dev.reflux.cli.dev.DevCommand;
import dev.reflux.cli.fleet.FleetCommand;
import dev.reflux.cli.letters.DeadLettersCommand;
import dev.reflux.cli.models.ModelsCommand;
import dev.reflux.common.launch.CommandGroup;
import dev.reflux.common.launch.RefluxVersion;
import dev.reflux.teacher.TeacherCommand;
import dev.reflux.trainer.TrainerCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The root command. Its subcommands are in the order in which a newcomer needs them. */
@Command(
        name = "reflux",
        mixinStandardHelpOptions = true,
        versionProvider = RefluxVersion.class,
        description = "Online continual distillation for camera fleets.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux quickstart                  # the whole path, on synthetic scenes",
            "  reflux quickstart --dataset camvid:DIR --teacher CARD --out run",
            "  reflux models list --local run     # what that run published",
            "  reflux fleet pull --model student --out vehicle",
            "",
            "Exit codes: 0 for success, 2 for a mistake in usage or configuration, 1 for any other failure.",
            "Environment: REFLUX_LOG_FORMAT=text|json, REFLUX_LOG_LEVEL, REFLUX_JAVA_OPTS, REFLUX_DEBUG=1.",
        },
        subcommands = {
            QuickstartCommand.class,
            DevCommand.class,
            TeacherCommand.class,
            TrainerCommand.class,
            TopicsCommand.class,
            LocalRegistryCommand.class,
            FleetCommand.class,
            DeadLettersCommand.class,
            ModelsCommand.class,
            AuditCommand.class,
            DatasetCommand.class,
            PretrainCommand.class,
            FitProjectionCommand.class,
            EvaluateCommand.class,
            BenchCommand.class,
            HelpCommand.class,
        })
final class RefluxCommand extends CommandGroup {}
