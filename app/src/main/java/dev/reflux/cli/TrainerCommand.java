package dev.reflux.cli;

import dev.reflux.cli.options.ShippedModels;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerMain;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the student trainer. */
@Command(
        name = "trainer",
        mixinStandardHelpOptions = true,
        description = "Run a trainer: distillation samples in, student versions out, without ever stopping.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux trainer --sample-config > trainer.yaml",
            "  reflux trainer --config trainer.yaml --check-config",
            "  reflux trainer --config trainer.yaml --set trainer.learning.learning-rate=0.001",
            "  reflux trainer --list-config",
        })
final class TrainerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        if (service.listOnly()) {
            ServiceOptions.list(TrainerConfig.class, spec.commandLine().getOut());
            return 0;
        }
        if (service.sampleOnly()) {
            spec.commandLine().getOut().print(SampleConfiguration.of("trainer", ShippedModels.folder()));
            spec.commandLine().getOut().flush();
            return 0;
        }
        TrainerConfig config = service.load(TrainerConfig.class);
        if (service.checkOnly()) {
            TrainerMain.check(config);
            spec.commandLine().getOut().println("The trainer's configuration is in order.");
            return 0;
        }
        return TrainerMain.run(config);
    }
}
