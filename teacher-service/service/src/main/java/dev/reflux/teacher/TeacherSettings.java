package dev.reflux.teacher;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.KafkaPropertiesFile;
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
 * A checked configuration with the contents of its files. Immutable.
 *
 * @param kafka the brokers
 * @param group the consumer group
 * @param transactionalId the id of this instance's transactions
 * @param topicsWithin the longest wait at start for topics
 * @param card the card of the teacher's model
 * @param modelFile the TorchScript file of the model
 * @param head the projection head, fitted for this teacher
 * @param failureLimit the number of model failures, less successes, at which the teacher stops
 * @param view the size at which the teacher sees frames, in pixels
 * @param schemas all label schemas that frames may name
 * @param batchSize the largest number of frames in a forward
 * @param linger the longest wait of a frame for its batch to fill
 * @param inFlight the number of frames between poll and commit at which polling pauses
 * @param commitFrames the number of frames in a transaction, at most half of {@code inFlight}
 * @param commitLinger the longest wait of a batch for its transaction to fill
 * @param wireType the number format of the tensors in a sample
 * @param logitsStride the number of pixels of the view for each cell of the final logits, on each axis
 * @param torch the options of PyTorch
 * @param decodeThreads the number of threads that decode frames
 * @param healthPort the port of the health server; 0 takes a free one
 * @param pollTimeout the time without an iteration of the poll loop after which the service is not alive
 * @param stageTimeout the time without a finished batch after which the service is not alive
 */
record TeacherSettings(
        KafkaSettings kafka,
        String group,
        String transactionalId,
        Duration topicsWithin,
        ModelCard card,
        Path modelFile,
        ProjectionHeadFile head,
        int failureLimit,
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

    /**
     * Reads the files that a configuration names.
     *
     * @throws UsageException if one of them cannot be used
     */
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
                        KafkaPropertiesFile.with(
                                config.kafka().propertiesFile().map(Path::of),
                                config.kafka().properties()),
                        "teacher.kafka.bootstrap-servers"),
                config.kafka().group(),
                config.kafka().transactionalId().orElseGet(() -> config.kafka().group() + "-" + hostName()),
                config.kafka().topicsWithin(),
                card,
                card.modelFile(cardFile),
                head,
                config.model().failureLimit(),
                view(config, card),
                schemas,
                config.batch().size(),
                config.batch().linger(),
                config.batch().inFlight(),
                // A transaction must not wait for frames that may not be in flight.
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

    /** Returns the default file of a projection head: beside the card. */
    static Path headBeside(Path cardFile) {
        String name = String.valueOf(cardFile.getFileName());
        String stem = name.endsWith(CARD_ENDING) ? name.substring(0, name.length() - CARD_ENDING.length()) : name;
        return cardFile.resolveSibling(stem + HEAD_ENDING);
    }

    /**
     * Returns the schema of the teacher. A card names the classes, but not the mapping of raw label values to them; a built-in
     * schema of the same id and number of classes has this mapping, and is preferred.
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
                    "This host has no name, which would be the default of the transactional id; set "
                            + "teacher.kafka.transactional-id.",
                    e);
        }
    }
}
