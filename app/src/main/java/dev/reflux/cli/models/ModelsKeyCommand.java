package dev.reflux.cli.models;

import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a signing key. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        description = "Make an Ed25519 key for a trainer, and the trust file that lets vehicles check its students.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models key trainer.key --trust trust.json",
            "  reflux models key next.key --trust trust.json   # rotate: add a second key"
        })
final class ModelsKeyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "File of the secret key; it must not exist.")
    private Path file = Path.of(".");

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Trust file that gets the public key; it is created if it does not exist.")
    private @Nullable Path trustFile;

    @Option(
            names = "--signed-aliases",
            description = "Make the trust file require signed aliases, such as latest, and not only signed versions.")
    private boolean signedAliases;

    @Override
    public Integer call() throws Exception {
        List<String> keys = new ArrayList<>();
        boolean aliases = signedAliases;
        if (trustFile != null && Files.exists(trustFile)) {
            TrustFile before = TrustFile.read(trustFile);
            keys.addAll(before.publicKeys());
            aliases |= before.asksForSignedAliases();
        }
        SigningKey key = SigningKey.generate();
        key.write(file);
        keys.add(key.publicKey());
        if (trustFile != null) {
            TrustFile.of(keys).withSignedAliases(aliases).write(trustFile);
        }
        spec.commandLine()
                .getOut()
                .println("Key " + key.id() + " is in " + file + "; its public key is " + key.publicKey());
        return 0;
    }
}
