package dev.reflux.cli.models;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.gate.Decision;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.gate.PromotionGate;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the promotion gate once. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = "Compare the newest version with the champion, and make it the canary, promote the canary after a"
                + " quiet period, or take a version back after reports of vehicles.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux models gate student",
            "  reflux models gate student --may-lose 0 --quiet 30",
            "  reflux models gate student --history"
        })
final class ModelsGateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "MODEL", description = "Name of the model.")
    private String model = "";

    @Option(
            names = "--floor",
            defaultValue = "0",
            description = "Least holdout mIoU of a champion, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double floor;

    @Option(
            names = "--may-lose",
            defaultValue = "0.005",
            description = "Greatest loss of holdout mIoU, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double mayLose;

    @Option(
            names = "--class-may-lose",
            defaultValue = "0.05",
            description = "Greatest loss of IoU of a class, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double classMayLose;

    @Option(
            names = "--domain-may-lose",
            defaultValue = "0.02",
            description = "Greatest loss of mIoU of a domain, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double domainMayLose;

    @Option(
            names = "--quiet",
            paramLabel = "MINUTES",
            defaultValue = "60",
            description = "Time without reports after which a canary is promoted (default: ${DEFAULT-VALUE}).")
    private long quietMinutes;

    @Option(
            names = "--reports",
            defaultValue = "2",
            description = "Number of tokens whose vehicles must report a regression before a version is taken back"
                    + " (default: ${DEFAULT-VALUE}).")
    private int reports;

    @Option(
            names = "--report-share",
            defaultValue = "0.5",
            description =
                    "Least share of the tokens that report of the version at all, 0 to 1 (default: ${DEFAULT-VALUE}).")
    private double reportShare;

    @Option(names = "--history", description = "Show the decisions so far, and make none.")
    private boolean history;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        GateRules rules = new GateRules(
                floor, mayLose, classMayLose, domainMayLose, Duration.ofMinutes(quietMinutes), reports, reportShare);
        PrintWriter out = spec.commandLine().getOut();
        try (StoreOptions.Opened opened = store.open()) {
            opened.reader().require(model, AliasNames.LATEST);
            List<Decision> decisions = history
                    ? PromotionGate.decisions(opened.catalog(), model)
                    : new PromotionGate(opened.registry(), model, rules, Clock.systemUTC()).step();
            for (Decision decision : decisions) {
                out.printf(
                        Locale.ROOT, "%.19s  version %d %s%n", decision.at(), decision.version(), decision.sentence());
            }
            if (decisions.isEmpty()) {
                out.println("Nothing is due.");
            }
            return 0;
        }
    }
}
