package dev.reflux.cli.models;

import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a token for the HTTP API of the registry. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Make a token for the HTTP API of the registry. The token file gets its hash; the token itself is"
                + " printed and stored nowhere.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models token car-7 --tokens tokens.json > car-7.token",
            "  reflux models token ops --role ADMIN --tokens tokens.json"
        })
final class ModelsTokenCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "Name of the owner, which the history of aliases shows.")
    private String name = "";

    @Option(
            names = "--role",
            defaultValue = "READER",
            description = "Role of the token: READER or ADMIN (default: ${DEFAULT-VALUE}).")
    private Role role = Role.READER;

    @Option(
            names = "--vehicle",
            paramLabel = "ID",
            description = "Vehicle that the token may report for; a star stands for any characters (default: NAME for a"
                    + " READER, any for an ADMIN).")
    private @Nullable String vehicle;

    @Option(names = "--tokens", paramLabel = "FILE", required = true, description = "Token file of the registry.")
    private Path tokens = Path.of("tokens.json");

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .println(vehicle == null ? Tokens.add(tokens, name, role) : Tokens.add(tokens, name, role, vehicle));
        return 0;
    }
}
