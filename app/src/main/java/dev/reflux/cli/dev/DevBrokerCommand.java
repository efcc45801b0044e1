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

/** Runs one Kafka node on the loopback interface. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        description = "Run one Kafka node on the loopback interface.",
        footerHeading = "%nExamples:%n",
        footer = {"  reflux dev broker --data kafka --port 9092"})
final class DevBrokerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Folder of the log segments.")
    private Path data = Path.of(".");

    @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "Port; 0 takes a free one (default).")
    private int port;

    @Mixin
    private HealthOption health = new HealthOption();

    @Override
    public Integer call() throws InterruptedException {
        DevPorts.requireFree(port);
        EmbeddedKafka broker = port == 0 ? EmbeddedKafka.start(data) : EmbeddedKafka.start(data, port);
        spec.commandLine()
                .getOut()
                .println("The Kafka broker accepts connections at " + broker.bootstrapServers() + ".");
        health.serveUntilStopped(broker::close);
        return 0;
    }
}
