package dev.reflux.trainer.publish;

import static java.util.Objects.requireNonNull;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.common.model.ModelCard;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.Writer;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.optim.Ema;
import dev.reflux.trainer.update.HoldoutBuffer;
import dev.reflux.trainer.update.StudentLearner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the learner's student as a model version. Of the raw and the averaged weights, it publishes those that score
 * better on the held-out frames. The training thread only; {@link #publish} blocks until the registry has committed.
 */
public final class StudentPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(StudentPublisher.class);

    private final TorchRuntime runtime;
    private final ModelRegistry registry;
    private final Writer writer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final PromotionLoop promotions;
    private final Map<String, String> config;

    /**
     * Creates a publisher.
     *
     * @param runtime the runtime on whose device the student is
     * @param registry where versions are published
     * @param writer the right to publish versions of one model
     * @param producer announces versions
     * @param promotions runs the gate and makes deltas after each version
     * @param config the settings that every manifest names
     */
    public StudentPublisher(
            TorchRuntime runtime,
            ModelRegistry registry,
            Writer writer,
            KafkaProducer<byte[], byte[]> producer,
            PromotionLoop promotions,
            Map<String, String> config) {
        this.runtime = runtime;
        this.registry = registry;
        this.writer = writer;
        this.producer = producer;
        this.promotions = promotions;
        this.config = Map.copyOf(config);
    }

    /**
     * Returns the version of a step of this lineage, if the registry has it. The version is announced again, because the
     * trainer that published it may have ended before the announcement.
     *
     * @param step the number of optimizer steps of the version
     * @param parentVersion the version before it
     */
    public Optional<StudentVersion> committed(long step, long parentVersion) {
        Optional<StudentVersion> found = registry.catalog().versions(writer.model(), parentVersion + 1).stream()
                .filter(version ->
                        version.lineage().step() == step && version.lineage().parentVersion() == parentVersion)
                .findFirst();
        found.ifPresent(this::announce);
        return found;
    }

    /**
     * Publishes a version.
     *
     * @param view the size of the student's input in training, which the version's card names
     * @param fates what became of the samples since the version before
     * @param lostSamples the number of samples that retention removed before this line could read them
     * @throws dev.reflux.registry.store.StaleWriterException if another trainer has taken over the model
     */
    public PublishedStudent publish(
            StudentLearner learner,
            HoldoutBuffer holdout,
            ImageSize view,
            Lineage lineage,
            byte[] fates,
            long lostSamples) {
        SegmentationModel student = learner.student();
        SegmentationScore raw = holdout.score(runtime, student);
        SegmentationScore averaged;
        try (Ema.Applied applied = learner.ema().apply()) {
            averaged = holdout.score(runtime, student);
        }
        boolean takesAverage = averaged.miou() > raw.miou();
        StudentVersion version;
        if (takesAverage) {
            try (Ema.Applied applied = learner.ema().apply()) {
                version = commit(student, view, lineage, fates, metrics(learner, raw, averaged, true, lostSamples));
            }
        } else {
            version = commit(student, view, lineage, fates, metrics(learner, raw, averaged, false, lostSamples));
        }
        announce(version);
        return new PublishedStudent(version, raw, averaged, takesAverage);
    }

    private StudentVersion commit(
            SegmentationModel student, ImageSize view, Lineage lineage, byte[] fates, Map<String, Double> metrics) {
        try {
            Path folder = Files.createTempDirectory("reflux-publish");
            Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
            for (Artifact artifact : Artifact.values()) {
                files.put(artifact, folder.resolve(artifact.fileName()));
            }
            Path fatesFile = folder.resolve("fates.json");
            try {
                write(student, view, files);
                Files.write(fatesFile, fates);
                return registry.publisher()
                        .publish(writer, new CandidateStudent(files, lineage, metrics, config, Optional.of(fatesFile)));
            } finally {
                for (Path file : files.values()) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(fatesFile);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(SegmentationModel student, ImageSize view, Map<Artifact, Path> files) throws IOException {
        Path model = requireNonNull(files.get(Artifact.STUDENT));
        Path cardFile = requireNonNull(files.get(Artifact.CARD));
        ModelCard card = student.save(model, cardFile);
        card.withName(writer.model()).withInputSize(view).write(cardFile);
        Files.write(requireNonNull(files.get(Artifact.WEIGHTS)), student.safetensors());
    }

    private static Map<String, Double> metrics(
            StudentLearner learner,
            SegmentationScore raw,
            SegmentationScore averaged,
            boolean takesAverage,
            long lostSamples) {
        Map<String, Double> metrics = new TreeMap<>();
        if (lostSamples > 0) {
            metrics.put("samples.lost", (double) lostSamples);
        }
        SegmentationScore taken = takesAverage ? averaged : raw;
        put(metrics, "holdout.miou", taken.miou());
        put(metrics, "holdout.miou.raw", raw.miou());
        put(metrics, "holdout.miou.average", averaged.miou());
        put(metrics, "holdout.frames", taken.frames());
        put(metrics, "prequential.miou", learner.prequentialMiou());
        taken.perDomain().forEach((domain, miou) -> put(metrics, "holdout.domain." + domain, miou));
        taken.perClass().forEach((name, iou) -> put(metrics, "holdout.class." + name, iou));
        return metrics;
    }

    /** JSON has no NaN: a metric without a value is absent. */
    private static void put(Map<String, Double> metrics, String name, double value) {
        if (Double.isFinite(value)) {
            metrics.put(name, value);
        }
    }

    private void announce(StudentVersion version) {
        StudentVersionPublished event = StudentVersionPublished.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setModelName(version.model())
                .setVersion(version.version())
                .setManifestObject(BucketLayout.versions(version.model()).of(version.version()))
                .setManifestSha256(Manifest.sha256(version))
                .setPublishedAtMicros(version.createdAt().toEpochMilli() * 1000)
                .build();
        byte[] key = version.model().getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(Topics.STUDENTS_PUBLISHED, key, event.toByteArray()), (sent, failure) -> {
            // The version is in the registry, and the announcement of the next version supersedes this one.
            if (failure != null) {
                LOG.warn(
                        "Could not announce version {} on topic {}: {}",
                        version.version(),
                        Topics.STUDENTS_PUBLISHED,
                        failure.getMessage());
            }
        });
        producer.flush();
        promotions.published();
    }
}
