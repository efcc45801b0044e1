package dev.reflux.teacher;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.model.ModelCard;
import dev.reflux.teacher.publish.WireType;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.model.ProjectionHeadFile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The configuration, read and checked as a whole: files are there, belong together, and numbers are in range. Nothing
 * has been started yet.
 */
record TeacherSettings(
        KafkaSettings kafka,
        String group,
        String transactionalId,
        Duration topicsWithin,
        ModelCard card,
        Path modelFile,
        ProjectionHeadFile head,
        ImageSize view,
        LabelSchemas schemas,
        int batchSize,
        Duration linger,
        int inFlight,
        int commitFrames,
        Duration commitLinger,
        WireType wireType,
        int logitsStride,
        TorchOptions torch,
        int decodeThreads,
        int healthPort,
        Duration pollTimeout,
        Duration stageTimeout) {

    private static final String CARD_ENDING = ".json";
    private static final String HEAD_ENDING = ".projection.safetensors";

    /** @throws UsageException when a file that the configuration names cannot be used */
    static TeacherSettings of(TeacherConfig config) {
        Path cardFile = Path.of(config.model().card());
        ModelCard card = ModelCard.read(cardFile);
        Path headFile = config.model().projection().map(Path::of).orElseGet(() -> headBeside(cardFile));
        ProjectionHeadFile head = ProjectionHeadFile.read(headFile);
        head.requireFor(card);
        LabelSchemas schemas = LabelSchemas.builtIn().with(ownSchema(card));
        for (String file : config.labelSchemas().orElse(List.of())) {
            schemas = schemas.with(LabelSchema.read(Path.of(file)));
        }
        return new TeacherSettings(
                new KafkaSettings(
                        config.kafka().bootstrapServers(),
                        config.kafka().properties(),
                        "teacher.kafka.bootstrap-servers"),
                config.kafka().group(),
                config.kafka().transactionalId().orElseGet(() -> config.kafka().group() + "-" + hostName()),
                config.kafka().topicsWithin(),
                card,
                card.modelFile(cardFile),
                head,
                view(config, card),
                schemas,
                config.batch().size(),
                config.batch().linger(),
                config.batch().inFlight(),
                // What may not be in flight cannot be waited for.
                Math.max(1, Math.min(config.commit().frames(), config.batch().inFlight() / 2)),
                config.commit().linger(),
                config.tensors().type(),
                config.tensors().logitsStride(),
                new TorchOptions(
                        config.compute().threads().orElse(Runtime.getRuntime().availableProcessors()),
                        config.compute().device()),
                config.compute().decodeThreads(),
                config.health().port(),
                config.health().pollTimeout(),
                config.health().stageTimeout());
    }

    /** Where a card's projection head is looked for. */
    static Path headBeside(Path cardFile) {
        String name = String.valueOf(cardFile.getFileName());
        String stem = name.endsWith(CARD_ENDING) ? name.substring(0, name.length() - CARD_ENDING.length()) : name;
        return cardFile.resolveSibling(stem + HEAD_ENDING);
    }

    /**
     * A card says a schema's classes, not how raw label files map to them; where a built-in schema of the same id and
     * classes knows that, it is the better one.
     */
    private static LabelSchema ownSchema(ModelCard card) {
        return LabelSchemas.builtIn()
                .find(card.labelSchema().id())
                .filter(known -> known.classCount() == card.labelSchema().classCount())
                .orElse(card.labelSchema());
    }

    private static ImageSize view(TeacherConfig config, ModelCard card) {
        return new ImageSize(
                config.view().width().orElse(card.input().width()),
                config.view().height().orElse(card.input().height()));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new UsageException(
                    "This host has no name by which its transactions could be told apart; set "
                            + "teacher.kafka.transactional-id.",
                    e);
        }
    }
}
