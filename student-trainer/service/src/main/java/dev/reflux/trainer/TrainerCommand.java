package dev.reflux.trainer;

import dev.reflux.common.launch.ServiceCommand;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the trainer service. */
@Command(
        name = "trainer",
        mixinStandardHelpOptions = true,
        description = "Run a trainer, which trains a student on distillation samples and publishes its versions.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux trainer --sample-config > trainer.yaml",
            "  reflux trainer --config trainer.yaml --check-config",
            "  reflux trainer --config trainer.yaml --set trainer.learning.learning-rate=0.001",
            "  reflux trainer --list-config",
        })
public final class TrainerCommand extends ServiceCommand<TrainerConfig> {

    @Option(
            names = "--begin-anew",
            description =
                    "Begin a model line that has versions already, if the checkpoint folder is empty; as trainer.checkpoint.begin-anew.")
    private boolean beginAnew;

    /** Creates the command. */
    public TrainerCommand() {
        super(TrainerConfig.class);
    }

    @Override
    protected Map<String, String> options() {
        return beginAnew ? Map.of("trainer.checkpoint.begin-anew", "true") : Map.of();
    }

    @Override
    protected void check(TrainerConfig configuration) {
        TrainerMain.check(configuration);
    }

    @Override
    protected int run(TrainerConfig configuration) {
        return TrainerMain.run(configuration);
    }
}
