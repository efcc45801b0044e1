package dev.reflux.cli.letters;

import dev.reflux.cli.options.KafkaOptions;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.DeadLetter;
import dev.reflux.common.kafka.DeadLetterReplay;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists refused records. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "List the records that were refused, each with its place, its reason and its origin.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux dead-letters list",
            "  reflux dead-letters list --reason UNREADABLE_IMAGE --since PT2H --limit 20",
            "  reflux dead-letters list --replayed --bootstrap-servers kafka:9092",
        })
final class DeadLettersListCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private FilterOptions filter = new FilterOptions();

    @Option(names = "--replayed", description = "Also list the records that were sent again.")
    private boolean replayed;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Map<Rejection, Long> reasons = new TreeMap<>();
        long[] again = {0};
        new DeadLetterReplay(kafka.settings()).list(filter.filter(), found -> {
            DeadLetter letter = found.letter();
            reasons.merge(letter.reason(), 1L, Long::sum);
            again[0] += found.replayed() ? 1 : 0;
            if (replayed || !found.replayed()) {
                out.println(String.format(
                        Locale.ROOT,
                        "%-8s %-20.19s %-21s %-17s %s-%d@%d%s  %s",
                        found.place(),
                        found.at(),
                        letter.reason(),
                        letter.stage(),
                        letter.topic(),
                        letter.partition(),
                        letter.offset(),
                        found.replayed() ? " replayed" : "",
                        printable(letter.message())));
            }
        });
        long all = reasons.values().stream().mapToLong(Long::longValue).sum();
        out.println(all + " dead letters"
                + reasons.entrySet().stream()
                        .map(one -> one.getValue() + " " + one.getKey())
                        .collect(Collectors.joining(", ", all == 0 ? "" : ": ", ""))
                + "; " + again[0] + " replayed.");
        return 0;
    }

    /** A message may quote the record, which may hold anything. */
    private static String printable(String message) {
        return message.replaceAll("\\p{Cntrl}", " ");
    }
}
