package dev.reflux.cli.dev;

import dev.reflux.cli.options.HealthOption;
import dev.reflux.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one Kafka node on loopback. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Run one real Kafka node on loopback, for a machine that has none.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dev broker --data kafka --port 9092"})
final class DevBrokerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Its data; kept over restarts.")
    private Path data = Path.of(".");

    @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "0: a free one (default).")
    private int port;

    @Mixin
    private HealthOption health = new HealthOption();

    @Override
    public Integer call() throws InterruptedException {
        DevPorts.requireFree(port);
        EmbeddedKafka broker = port == 0 ? EmbeddedKafka.start(data) : EmbeddedKafka.start(data, port);
        spec.commandLine().getOut().println("A Kafka broker takes connections at " + broker.bootstrapServers() + ".");
        health.serveUntilStopped(broker::close);
        return 0;
    }
}
