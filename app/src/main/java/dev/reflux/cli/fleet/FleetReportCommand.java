package dev.reflux.cli.fleet;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.fleet.report.RegressionReport;
import dev.reflux.registry.gate.GateRules;
import dev.reflux.registry.gate.PromotionGate;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells the registry of a student that does worse than it should. */
@Command(
        name = "report",
        description = "Report that a student does worse on a vehicle than it should; the promotion gate takes back what"
                + " enough vehicles complain about.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet report --vehicle car-7 --version 7 --metric agreement --value 0.61 --least 0.7 \\",
            "      --registry https://registry:8443 --token-file token",
            "  reflux fleet report --vehicle car-7 --version 7 --metric agreement --value 0.61 --least 0.7 --local run",
        })
final class FleetReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Model line (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(names = "--vehicle", paramLabel = "ID", required = true, description = "Who reports.")
    private String vehicle = "";

    @Option(names = "--version", paramLabel = "N", required = true, description = "The student's version.")
    private long version;

    @Option(names = "--metric", paramLabel = "NAME", required = true, description = "What was measured.")
    private String metric = "";

    @Option(names = "--value", paramLabel = "X", required = true, description = "What it was.")
    private double value;

    @Option(names = "--least", paramLabel = "X", required = true, description = "What it should have been at least.")
    private double least;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        RegressionReport report = new RegressionReport(model, vehicle, version, metric, value, least);
        if (store.registry().isPresent()) {
            report.send(store.registry().get(), store.token());
        } else {
            try (StoreOptions.Opened opened = store.open()) {
                opened.reader().require(model, String.valueOf(version));
                new PromotionGate(opened.registry(), model, GateRules.DEFAULT, Clock.systemUTC())
                        .report(vehicle, version, metric, value, least);
            }
        }
        spec.commandLine().getOut().println("Reported; the gate looks at it at its next turn.");
        return 0;
    }
}
