package dev.reflux.trainer.publish;

import static java.util.Objects.requireNonNull;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.common.model.ModelCard;
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
import dev.reflux.trainer.update.HoldoutScore;
import dev.reflux.trainer.update.StudentLearner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
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
    private final StoreWork store;
    private final ChampionWeights champion;
    private final Map<String, String> config;

    /**
     * Creates a publisher.
     *
     * @param runtime the runtime on whose device the student is
     * @param registry where versions are published
     * @param writer the right to publish versions of one model
     * @param producer announces versions
     * @param promotions runs the gate and makes deltas after each version
     * @param store repeats what the store could not do
     * @param config the settings that every manifest names
     */
    public StudentPublisher(
            TorchRuntime runtime,
            ModelRegistry registry,
            Writer writer,
            KafkaProducer<byte[], byte[]> producer,
            PromotionLoop promotions,
            StoreWork store,
            Map<String, String> config) {
        this.runtime = runtime;
        this.registry = registry;
        this.writer = writer;
        this.producer = producer;
        this.promotions = promotions;
        this.store = store;
        this.champion = new ChampionWeights(registry, writer.model());
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
        Optional<StudentVersion> found = store.outlast("list its versions", () -> find(step, parentVersion));
        found.ifPresent(this::announce);
        return found;
    }

    private Optional<StudentVersion> find(long step, long parentVersion) {
        return registry.catalog().versions(writer.model(), parentVersion + 1).stream()
                .filter(version ->
                        version.lineage().step() == step && version.lineage().parentVersion() == parentVersion)
                .findFirst();
    }

    /** A commit whose answer was lost may have taken place: from the second time on, the version is looked for first. */
    private StudentVersion publishOnce(CandidateStudent candidate, boolean again) {
        Optional<StudentVersion> committed =
                again ? find(candidate.lineage().step(), candidate.lineage().parentVersion()) : Optional.empty();
        if (committed.isPresent()) {
            registry.publisher().complete(writer, committed.get());
            return committed.get();
        }
        return registry.publisher().publish(writer, candidate);
    }

    /** Scores the learner's raw and averaged weights, and the champion's, on the same held-out frames. */
    public HoldoutScores score(StudentLearner learner, HoldoutBuffer holdout) {
        SegmentationModel student = learner.student();
        HoldoutScore raw = holdout.score(runtime, student);
        HoldoutScore averaged;
        try (Ema.Applied applied = learner.ema().apply()) {
            averaged = holdout.score(runtime, student);
        }
        return new HoldoutScores(raw, averaged, holdout.digest(), champion.score(runtime, student, holdout));
    }

    /** Returns what scores other weights of the learner on the held-out frames; the result is an mIoU or an agreement, 0..1. */
    public ToDoubleFunction<Map<String, byte[]>> scorer(StudentLearner learner, HoldoutBuffer holdout) {
        return weights -> holdout.score(runtime, learner.student(), StudentLearner.studentOf(weights))
                .figure();
    }

    /**
     * Publishes a version.
     *
     * @param scores the result of {@link #score} of the same state
     * @param view the size of the student's input in training, which the version's card names
     * @param fates what became of the samples since the version before
     * @param lostSamples the number of samples that retention removed before this line could read them
     * @throws dev.reflux.registry.store.StaleWriterException if another trainer has taken over the model
     */
    public PublishedStudent publish(
            StudentLearner learner,
            HoldoutScores scores,
            ImageSize view,
            Lineage lineage,
            byte[] fates,
            long lostSamples) {
        SegmentationModel student = learner.student();
        Map<String, Double> metrics = scores.metrics();
        HoldoutScores.put(metrics, "prequential.miou", learner.prequentialMiou());
        if (lostSamples > 0) {
            metrics.put("samples.lost", (double) lostSamples);
        }
        StudentVersion version;
        if (scores.takesAverage()) {
            try (Ema.Applied applied = learner.ema().apply()) {
                version = commit(student, view, lineage, fates, metrics);
            }
        } else {
            version = commit(student, view, lineage, fates, metrics);
        }
        announce(version);
        return new PublishedStudent(version, scores.raw(), scores.averaged(), scores.takesAverage());
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
                CandidateStudent candidate =
                        new CandidateStudent(files, lineage, metrics, config, Optional.of(fatesFile));
                AtomicBoolean again = new AtomicBoolean();
                return store.outlast("publish a version", () -> publishOnce(candidate, again.getAndSet(true)));
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
