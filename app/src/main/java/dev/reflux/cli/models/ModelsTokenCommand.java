package dev.reflux.cli.models;

import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets somebody into the registry's HTTP API. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Make a token for the registry's HTTP API: its hash goes into the token file, the token itself is"
                + " printed and stands nowhere else.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models token car-7 --tokens tokens.json > car-7.token",
            "  reflux models token ops --role ADMIN --tokens tokens.json"
        })
final class ModelsTokenCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "NAME", description = "Whose it is; stands in the history of what it does.")
    private String name = "";

    @Option(names = "--role", defaultValue = "READER", description = "READER or ADMIN (default: ${DEFAULT-VALUE}).")
    private Role role = Role.READER;

    @Option(names = "--tokens", paramLabel = "FILE", required = true, description = "The registry's token file.")
    private Path tokens = Path.of("tokens.json");

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(Tokens.add(tokens, name, role));
        return 0;
    }
}
