package dev.reflux.cli.fleet;

import dev.reflux.cli.options.StoreOptions;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Pulls a student into the folder of a vehicle. */
@Command(
        name = "pull",
        description = "Pull a student, verify it, and replace the one in use in one step.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux fleet pull --model student --out vehicle",
            "  reflux fleet pull --local run --out vehicle --version 3 --allow-downgrade",
        })
final class FleetPullCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @picocli.CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Mixin
    private VehicleOptions vehicle = new VehicleOptions();

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Override
    public Integer call() throws Exception {
        try (StoreOptions.Opened opened = store.open()) {
            PulledStudent student = new StudentPuller(opened.reader(), vehicle.model(), vehicle.out(), vehicle.policy())
                    .pull(vehicle.version());
            spec.commandLine()
                    .getOut()
                    .println(student.model() + " version " + student.version() + " is in use: "
                            + vehicle.out().resolve("current").resolve("student.pt"));
            return 0;
        }
    }
}
