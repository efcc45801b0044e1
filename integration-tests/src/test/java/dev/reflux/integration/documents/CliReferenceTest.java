package dev.reflux.integration.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.cli.RefluxCommandLine;
import dev.reflux.common.launch.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/cli.md is the help of every command, as picocli writes it. */
class CliReferenceTest {

    private static final Path FILE = Page.HOME.resolve("docs/reference/cli.md");
    private static final String REGENERATE = "reflux.regenerate";
    private static final int WIDTH = 100;
    private static final String HEAD =
            """
            # Commands

            The help of every command, as `--help` prints it. This page is generated from the commands: do not edit it. After a change of a
            command, `CliReferenceTest` with `-Dreflux.regenerate=true` writes it again. Benchmarks (`reflux bench`) come with a checkout of the
            sources only.
            """;

    @Test
    void givenTheCommands_whenComparedWithThePage_thenItIsTheirHelp() throws Exception {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        StringBuilder page = new StringBuilder(HEAD);
        append(page, RefluxCommandLine.of(nowhere, nowhere, new Failures(false, false, List.of()), List.of("bench")));

        if (Boolean.getBoolean(REGENERATE)) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, page);
        }

        assertThat(FILE)
                .as("./mvnw -pl integration-tests -am test -Dtest=CliReferenceTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -D" + REGENERATE + "=true")
                .hasContent(page.toString());
    }

    private static void append(StringBuilder page, CommandLine command) {
        String usage = command.setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(WIDTH)
                .getUsageMessage(Ansi.OFF)
                .lines()
                .map(String::stripTrailing)
                .reduce("", (text, line) -> text + line + "\n");
        page.append("\n## ")
                .append(command.getCommandSpec().qualifiedName())
                .append("\n\n```text\n")
                .append(usage)
                .append("```\n");
        command.getSubcommands().values().stream()
                .filter(sub -> !sub.getCommandName().equals("help"))
                .forEach(sub -> append(page, sub));
    }
}
