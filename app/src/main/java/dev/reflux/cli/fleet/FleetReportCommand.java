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

/** Reports a regression of a student to the registry. */
@Command(
        name = "report",
        description = "Report that a student performs worse on a vehicle than it should. The promotion gate takes a"
                + " version back after enough reports.",
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
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Name of the model (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(names = "--vehicle", paramLabel = "ID", required = true, description = "Id of the vehicle that reports.")
    private String vehicle = "";

    @Option(names = "--version", paramLabel = "N", required = true, description = "Version of the student.")
    private long version;

    @Option(names = "--metric", paramLabel = "NAME", required = true, description = "Name of the metric.")
    private String metric = "";

    @Option(names = "--value", paramLabel = "X", required = true, description = "Measured value.")
    private double value;

    @Option(
            names = "--least",
            paramLabel = "X",
            required = true,
            description = "Least value that would have been acceptable.")
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
        spec.commandLine().getOut().println("The report is recorded; the promotion gate reads it at its next run.");
        return 0;
    }
}
