package dev.reflux.cli;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.registry.server.HttpSettings;
import dev.reflux.registry.server.RegistryCommand;
import dev.reflux.registry.server.RegistryMain;
import dev.reflux.registry.server.RegistryOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves the registry of an S3 bucket, or of a folder of this machine, over HTTP. */
@Command(
        name = "registry",
        mixinStandardHelpOptions = true,
        description = RegistryCommand.DESCRIPTION,
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models token car-7 --tokens tokens.json",
            "  reflux registry --tokens tokens.json --local run",
            "  reflux registry --tokens tokens.json --host 0.0.0.0 --health-port 8083",
            "  reflux registry --tokens tokens.json --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem",
        })
final class LocalRegistryCommand implements Callable<Integer> {

    @Mixin
    private RegistryOptions server = new RegistryOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        HttpSettings settings = server.settings();
        try (StoreOptions.OpenedStore opened = store.openStore()) {
            return RegistryMain.run(opened.store(), settings, server.healthPort());
        }
    }
}
