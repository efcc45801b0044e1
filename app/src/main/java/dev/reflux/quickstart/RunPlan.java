package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.model.ModelCard;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.FleetPlan;
import dev.reflux.datasets.SparseLabels;
import dev.reflux.quickstart.progress.Progress;
import dev.reflux.quickstart.progress.SurveyProgress;
import dev.reflux.registry.store.StoreSettings;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run does, as it follows from what was given: the frames, the size at which they are looked at, and the
 * settings of both services. Immutable.
 *
 * @param settings what was given
 * @param dataset what is streamed
 * @param teacher the teacher's card
 * @param student the student's card
 * @param teacherView the size at which the teacher looks
 * @param studentView the size at which the student looks
 * @param offered frames that are streamed
 */
record RunPlan(
        QuickstartSettings settings,
        Dataset dataset,
        ModelCard teacher,
        ModelCard student,
        ImageSize teacherView,
        ImageSize studentView,
        long offered) {

    /** The registered model that the trainer publishes. */
    static final String MODEL = "student";

    /** The teacher's consumer group. */
    static final String TEACHER_GROUP = "reflux-teacher";

    private static final int VERSIONS = 4;
    private static final int CHECKPOINTS = 12;

    /** @throws UsageException when what was given does not fit together */
    static RunPlan of(QuickstartSettings settings, Progress progress) {
        boolean cut = settings.dataset().equals("synthetic") && settings.frames() > 0;
        Dataset dataset = SurveyProgress.open(cut ? "synthetic:1," + settings.frames() : settings.dataset(), progress);
        ModelCard teacher = ModelCard.read(settings.teacherCard());
        teacher.verify(teacher.modelFile(settings.teacherCard()));
        requireTeacherFits(settings, teacher, dataset);
        ModelCard student = ModelCard.read(settings.studentCard());
        student.verify(student.modelFile(settings.studentCard()));
        requireStudentFits(student, dataset);
        int all = dataset.count("train");
        ImageSize teacherView = dataset.size().upTo(teacher.input().size());
        long offered = settings.frames() > 0 ? Math.min(settings.frames(), all) : all;
        ImageSize studentView = settings.studentSize() == null ? teacherView : settings.studentSize();
        return new RunPlan(settings, dataset, teacher, student, teacherView, studentView, offered);
    }

    /** The teacher service refuses frames of any other schema than its teacher's. */
    private static void requireTeacherFits(QuickstartSettings settings, ModelCard teacher, Dataset dataset) {
        boolean fits = teacher.labelSchema().id().equals(dataset.schema().id())
                && teacher.labelSchema().classCount() == dataset.schema().classCount();
        if (!fits) {
            throw new UsageException("The teacher " + teacher.name() + " knows the "
                    + teacher.labelSchema().classCount() + " classes of "
                    + teacher.labelSchema().id()
                    + ", and the frames of " + dataset.id() + " are labeled with the "
                    + dataset.schema().classCount() + " of " + dataset.schema().id()
                    + "; give a --teacher of that schema, or make one with \"reflux pretrain --model "
                    + settings.studentCard() + " --dataset " + settings.dataset()
                    + " --name my-teacher --out my-teacher\".");
        }
    }

    /** By its card, so that a student that will not do is refused before anything is scored or written. */
    private static void requireStudentFits(ModelCard student, Dataset dataset) {
        boolean sameClasses = student.labelSchema().id().equals(dataset.schema().id());
        if (!sameClasses && !student.reheadable()) {
            throw new UsageException("The student " + student.name() + " has the classes of "
                    + student.labelSchema().id() + " and cannot be given those of "
                    + dataset.schema().id() + "; give a --student of that schema.");
        }
    }

    /** Returns what the camera sends: every offered frame, and the labels that come later. */
    SparseLabels stream() {
        return new SparseLabels(FleetPlan.once(dataset, "train").first(offered), settings.labels());
    }

    TorchOptions torch() {
        return new TorchOptions(settings.threads(), settings.device());
    }

    /** @throws UsageException when the student's file cannot be trained: before anything is scored or written */
    void requireTrainable(TorchRuntime runtime) {
        SegmentationModel.load(runtime, settings.studentCard(), SegmentationModel.Mode.TRAINING)
                .close();
    }

    /** The student before its first step, exactly as the trainer makes it. */
    SegmentationModel untrained(TorchRuntime runtime) {
        SegmentationModel student =
                SegmentationModel.load(runtime, settings.studentCard(), SegmentationModel.Mode.INFERENCE);
        boolean fits = student.card().labelSchema().id().equals(dataset.schema().id())
                || student.resetClasses(dataset.schema(), (int) settings.seed());
        if (!fits) {
            student.close();
            throw new UsageException("The student " + student.card().name()
                    + " says that it can be given other classes and offers no way to; correct its card.");
        }
        student.resetParameters((int) settings.seed());
        return student;
    }

    Map<String, String> teacherOverrides(KafkaSettings kafka, Path head, Workspace workspace) {
        Map<String, String> config = new HashMap<>();
        config.put("teacher.kafka.bootstrap-servers", kafka.bootstrapServers());
        config.put("teacher.kafka.group", TEACHER_GROUP);
        config.put("teacher.kafka.transactional-id", "quickstart-teacher");
        config.put("teacher.model.card", settings.teacherCard().toString());
        config.put("teacher.model.projection", head.toString());
        config.put("teacher.view.width", String.valueOf(teacherView.width()));
        config.put("teacher.view.height", String.valueOf(teacherView.height()));
        config.put("teacher.compute.threads", String.valueOf(settings.threads()));
        config.put("teacher.compute.device", settings.device());
        config.put("teacher.health.port", "0");
        schemaFile(workspace).ifPresent(file -> config.put("teacher.label-schemas", file));
        return config;
    }

    Map<String, String> trainerOverrides(KafkaSettings kafka, StoreSettings s3, Workspace workspace) {
        Map<String, String> config = new HashMap<>();
        config.put("trainer.kafka.bootstrap-servers", kafka.bootstrapServers());
        config.put("trainer.student.name", MODEL);
        config.put("trainer.student.card", settings.studentCard().toString());
        config.put("trainer.student.view.width", String.valueOf(studentView.width()));
        config.put("trainer.student.view.height", String.valueOf(studentView.height()));
        config.put("trainer.student.label-schema", dataset.schema().id());
        config.put("trainer.student.fresh", "true");
        config.put("trainer.student.seed", String.valueOf(settings.seed()));
        config.put("trainer.store.endpoint", s3.endpoint().toString());
        config.put("trainer.store.bucket", s3.bucket());
        config.put("trainer.store.access-key", s3.accessKey());
        config.put("trainer.store.secret-key", s3.secretKey());
        config.put("trainer.publish.key-file", workspace.signingKey().toString());
        // A run of minutes has no hour of quiet: a version that passes is the champion when the next one comes.
        config.put("trainer.gate.quiet", "PT0S");
        config.put("trainer.checkpoint.folder", workspace.work("checkpoints").toString());
        config.put("trainer.checkpoint.every-frames", String.valueOf(Math.max(4, offered / CHECKPOINTS)));
        config.put("trainer.checkpoint.publish-every-frames", String.valueOf(Math.max(4, offered / (VERSIONS + 1))));
        config.put("trainer.learning.learning-rate", String.valueOf(settings.learningRate()));
        if (student.training().isEmpty()) {
            // Few labels change nothing here: in the warm-up, the teacher's most likely class teaches where there is
            // none.
            config.put("trainer.learning.warm-up-frames", String.valueOf(offered / 4));
        }
        config.put("trainer.compute.threads", String.valueOf(settings.threads()));
        config.put("trainer.compute.device", settings.device());
        config.put("trainer.health.port", "0");
        schemaFile(workspace).ifPresent(file -> config.put("trainer.label-schemas", file));
        return config;
    }

    /** A schema of the user's own reaches both services as a file. */
    private Optional<String> schemaFile(Workspace workspace) {
        if (LabelSchemas.builtIn().find(dataset.schema().id()).isPresent()) {
            return Optional.empty();
        }
        Path file = workspace.work("label-schema.json");
        try {
            Files.writeString(file, dataset.schema().toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(file.toString());
    }
}
