package dev.reflux.cli;

import dev.reflux.cli.options.ShippedModels;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherMain;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the teacher service. */
@Command(
        name = "teacher",
        mixinStandardHelpOptions = true,
        description = "Run a teacher: labelled frames in, distillation samples out, each exactly once.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux teacher --sample-config > teacher.yaml",
            "  reflux teacher --config teacher.yaml --check-config",
            "  reflux teacher --config teacher.yaml --set teacher.batch.size=8",
            "  reflux teacher --list-config",
        })
final class TeacherCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws InterruptedException {
        if (service.listOnly()) {
            ServiceOptions.list(TeacherConfig.class, spec.commandLine().getOut());
            return 0;
        }
        if (service.sampleOnly()) {
            spec.commandLine().getOut().print(SampleConfiguration.of("teacher", ShippedModels.folder()));
            spec.commandLine().getOut().flush();
            return 0;
        }
        TeacherConfig config = service.load(TeacherConfig.class);
        if (service.checkOnly()) {
            TeacherMain.check(config);
            spec.commandLine().getOut().println("The teacher's configuration is in order.");
            return 0;
        }
        return TeacherMain.run(config);
    }
}
