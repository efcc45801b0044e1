package dev.reflux.cli;

import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates the topics of the path. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description =
                "Create the topics that do not exist. Of existing ones, only message.timestamp.type is corrected: records"
                        + " have the time of the broker.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux topics",
            "  reflux topics --bootstrap-servers kafka:9092 --partitions 12 --replication 3 --retention-hours 168",
        })
final class TopicsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description = "Partitions of the topics of frames and samples, which limit the number of teachers"
                    + " (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(
            names = "--replication",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of replicas of each partition (default: ${DEFAULT-VALUE}).")
    private short replication;

    @Option(
            names = "--retention-hours",
            paramLabel = "N",
            defaultValue = "-1",
            description =
                    "Hours for which frames and samples are kept; -1 keeps them for ever (default). A trainer that"
                            + " restarts reads its replay buffer from the topic.")
    private long retentionHours;

    @Override
    public Integer call() {
        if (retentionHours < 1 && retentionHours != -1) {
            throw new UsageException("--retention-hours is " + retentionHours + "; give 1 or more, or -1 for ever.");
        }
        long retention =
                retentionHours < 0 ? -1 : Duration.ofHours(retentionHours).toMillis();
        KafkaSettings brokers = kafka.settings();
        Topics.ensure(brokers, new Topics.Plan(partitions, replication, retention));
        spec.commandLine().getOut().println("The topics exist: " + String.join(", ", Topics.ALL) + ".");
        return 0;
    }
}
