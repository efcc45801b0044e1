package dev.reflux.cli.letters;

import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.common.kafka.DeadLetterReplay;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Brings refused records back. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Send refused records again, as they were, to the topic from which they came."
                + " Each is sent once, however often the command runs.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux dead-letters replay --reason INFERENCE_FAILED",
            "  reflux dead-letters replay --since P1D --limit 100 --bootstrap-servers kafka:9092",
        })
final class DeadLettersReplayCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private FilterOptions filter = new FilterOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        DeadLetterReplay.Result result = new DeadLetterReplay(kafka.settings()).replay(filter.filter(), found -> {});
        out.println(result.sent() + " records sent again; " + result.already() + " had been sent again before."
                + (result.kept() == 0
                        ? ""
                        : " " + result.kept() + " cannot be sent again: they are too large, or only their reason"
                                + " and origin were kept."));
        return 0;
    }
}
