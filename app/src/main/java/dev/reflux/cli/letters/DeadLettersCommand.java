package dev.reflux.cli.letters;

import dev.reflux.common.launch.CommandGroup;
import picocli.CommandLine.Command;

/** Groups the commands that look after refused frames. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = "List the frames and samples that were refused, and bring them back.",
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux dead-letters list",
            "  reflux dead-letters replay --reason INFERENCE_FAILED",
        },
        subcommands = {DeadLettersListCommand.class, DeadLettersReplayCommand.class})
public final class DeadLettersCommand extends CommandGroup {}
