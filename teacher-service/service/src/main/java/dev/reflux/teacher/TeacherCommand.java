package dev.reflux.teacher;

import dev.reflux.common.launch.ServiceCommand;
import picocli.CommandLine.Command;

/** Runs the teacher service. */
@Command(
        name = "teacher",
        mixinStandardHelpOptions = true,
        description = "Run a teacher, which turns each labeled frame into one distillation sample, exactly once.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reflux teacher --sample-config > teacher.yaml",
            "  reflux teacher --config teacher.yaml --check-config",
            "  reflux teacher --config teacher.yaml --set teacher.batch.size=8",
            "  reflux teacher --list-config",
        })
public final class TeacherCommand extends ServiceCommand<TeacherConfig> {

    /** Creates the command. */
    public TeacherCommand() {
        super(TeacherConfig.class);
    }

    @Override
    protected void check(TeacherConfig configuration) {
        TeacherMain.check(configuration);
    }

    @Override
    protected int run(TeacherConfig configuration) throws InterruptedException {
        return TeacherMain.run(configuration);
    }
}
