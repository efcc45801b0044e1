package dev.reflux.benchmarks.throughput;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.torch.TorchOptions;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.TrainerConfig;
import dev.reflux.trainer.TrainerListener;
import dev.reflux.trainer.TrainerService;
import dev.reflux.trainer.checkpoint.CheckpointStore;
import dev.reflux.trainer.checkpoint.TrainerCheckpoint;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.fates.FateLog;
import dev.reflux.trainer.ingest.SampleDecoder;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.LearningLoop;
import dev.reflux.trainer.loop.LoopListener;
import dev.reflux.trainer.loop.LoopPolicies;
import dev.reflux.trainer.replay.ReplayBuffer;
import dev.reflux.trainer.replay.ReservoirReplay;
import dev.reflux.trainer.update.CheckpointedRandom;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Runs the trainer's work by the service through Kafka, by its learner from memory, and stage by stage. */
final class TrainerRuns {

    static final List<String> STAGES =
            List.of("poll", "decode", "prepare", "forward", "loss", "backward", "update", "checkpoint");

    private static final int SEED = 1;

    private final EmbeddedStream stream;
    private final int frames;
    private int runs;

    /** @param frames number of frames of each run */
    TrainerRuns(EmbeddedStream stream, int frames) {
        this.stream = stream;
        this.frames = frames;
    }

    private Pace pace(TrainerConfig config) {
        int window = config.learning().newFrames();
        return new Pace(Math.max(window, frames / 8), frames / window * window);
    }

    /**
     * Returns the defaults without warm-up, holdout and publication, so that every frame costs the same.
     */
    private TrainerConfig config(String name) {
        Map<String, String> config = new HashMap<>();
        config.put("trainer.kafka.bootstrap-servers", stream.kafka().bootstrapServers());
        config.put("trainer.kafka.group", name);
        config.put("trainer.student.name", name);
        config.put("trainer.student.card", stream.settings().student().toString());
        config.put("trainer.student.label-schema", stream.dataset().schema().id());
        config.put("trainer.student.fresh", "true");
        config.put("trainer.student.seed", String.valueOf(SEED));
        config.put("trainer.store.endpoint", stream.store().endpoint().toString());
        config.put("trainer.store.access-key", stream.store().accessKey());
        config.put("trainer.store.secret-key", stream.store().secretKey());
        config.put("trainer.checkpoint.folder", stream.folder(name).toString());
        config.put("trainer.checkpoint.publish-every-frames", String.valueOf(Integer.MAX_VALUE));
        config.put("trainer.learning.warm-up-frames", "0");
        config.put("trainer.learning.holdout-fraction", "0");
        config.put("trainer.compute.threads", String.valueOf(stream.settings().threads()));
        config.put("trainer.compute.device", "cpu");
        config.put("trainer.health.port", "0");
        if (LabelSchemas.builtIn().find(stream.dataset().schema().id()).isEmpty()) {
            config.put("trainer.label-schemas", schemaFile().toString());
        }
        return ConfigLoader.load(TrainerConfig.class, null, Map.of(), config);
    }

    private Path schemaFile() {
        try {
            return Files.writeString(
                    stream.folder("label-schema.json"),
                    stream.dataset().schema().toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns frames a second of the real service, including decoding, polling and checkpoints. */
    double throughKafka() {
        TrainerConfig config = config("bench-trainer-" + runs++);
        Pace pace = pace(config);
        TrainerListener listener = new TrainerListener() {
            @Override
            public void counted(TrainerState.Counts counts) {
                pace.done(counts.trained());
            }
        };
        try (TrainerService service = TrainerService.start(config, listener)) {
            Thread watch = new Thread(
                    () -> {
                        service.awaitEnd();
                        pace.failed();
                    },
                    "bench-watch");
            watch.setDaemon(true);
            watch.start();
            return pace.framesPerSecond();
        }
    }

    /** Returns the decoded samples that the service reads. */
    List<TrainingSample> samples() {
        SampleDecoder decoder = new SampleDecoder(stream.dataset().schema());
        return stream.records(Topics.DISTILLATION_SAMPLES, frames).stream()
                .map(record -> decoded(decoder, record))
                .toList();
    }

    private static TrainingSample decoded(SampleDecoder decoder, ConsumerRecord<byte[], byte[]> record) {
        try {
            return decoder.decode(new SampleReference(record.partition(), record.offset()), record.value());
        } catch (RejectedFrameException e) {
            throw new IllegalStateException("a sample of the teacher is refused: " + e.getMessage(), e);
        }
    }

    /**
     * Returns frames a second of the same updates on decoded samples, without broker, decoding and checkpoints.
     *
     * @param steps receives the report of each update
     */
    double fromMemory(List<TrainingSample> samples, Consumer<StepReport> steps) {
        TrainerConfig config = config("bench-trainer-memory");
        Pace pace = pace(config);
        int window = config.learning().newFrames();
        try (Learner learner = new Learner(config)) {
            for (int from = 0; from + window <= samples.size(); from += window) {
                learner.learn(samples.subList(from, from + window)).forEach(steps);
                pace.done(from + window);
            }
            return pace.framesPerSecond();
        }
    }

    /** Times each stage by itself, window after window. A checkpoint's time is divided among the frames between two. */
    StageFigures walk(int count) {
        TrainerConfig config = config("bench-trainer-walk");
        int window = config.learning().newFrames();
        TopicPartition partition = new TopicPartition(Topics.DISTILLATION_SAMPLES, 0);
        SampleDecoder decoder = new SampleDecoder(stream.dataset().schema());
        try (Learner learner = new Learner(config);
                KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(
                        stream.kafka(), "bench-trainer-walk", Map.of("max.poll.records", window))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Stages settling = new Stages();
            pass(settling, learner, consumer, decoder, window);
            int every = config.checkpoint().everyFrames();
            int all = Math.max(window, Math.min(count, frames - window) / window * window);
            Stages stages = new Stages();
            int sinceCheckpoint = 0;
            for (int done = 0; done < all; done += window) {
                pass(stages, learner, consumer, decoder, window);
                sinceCheckpoint += window;
                if (sinceCheckpoint >= every || done + window >= all) {
                    stages.timed(
                            "checkpoint",
                            () -> learner.checkpoint(stream.dataset().schema().id()));
                    sinceCheckpoint = 0;
                }
            }
            return stages.over(all);
        }
    }

    private static void pass(
            Stages stages, Learner learner, KafkaConsumer<byte[], byte[]> consumer, SampleDecoder decoder, int window) {
        List<ConsumerRecord<byte[], byte[]>> records = stages.timed("poll", () -> polled(consumer, window));
        List<TrainingSample> fresh = stages.timed(
                "decode",
                () -> records.stream().map(record -> decoded(decoder, record)).toList());
        for (StepReport step : learner.learn(fresh)) {
            stages.add("prepare", nanos(step.times().prepare()));
            stages.add("forward", nanos(step.times().forward()));
            stages.add("loss", nanos(step.times().loss()));
            stages.add("backward", nanos(step.times().backward()));
            stages.add("update", nanos(step.times().update()));
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> polled(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (records.size() < count) {
            consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
        }
        return records;
    }

    private static long nanos(double millis) {
        return Math.round(millis * 1e6);
    }

    /** A student with the parts of the service's loop, fed from memory. */
    private final class Learner implements AutoCloseable {

        private final TrainerConfig config;
        private final TorchRuntime runtime;
        private final SegmentationModel student;
        private final StudentLearner learner;
        private final ReplayBuffer replay;
        private final CheckpointedRandom random = new CheckpointedRandom(SEED);
        private final LearningLoop loop;
        private List<StepReport> steps = new ArrayList<>();

        Learner(TrainerConfig config) {
            this.config = config;
            runtime = TorchRuntime.start(new TorchOptions(stream.settings().threads(), "cpu"));
            student = SegmentationModel.load(runtime, stream.settings().student(), SegmentationModel.Mode.TRAINING);
            student.resetClasses(stream.dataset().schema(), SEED);
            student.resetParameters(SEED);
            learner =
                    new StudentLearner(runtime, student, TrainerService.learnerSettings(config, student.card()), SEED);
            replay = new ReservoirReplay(config.learning().replayCapacity());
            LoopListener listener = new LoopListener() {
                @Override
                public void stepped(StepReport report, boolean firstStep) {
                    steps.add(report);
                }
            };
            loop = new LearningLoop(
                    learner, replay, random, TrainerService.loopSettings(config), LoopPolicies.standard(), listener);
        }

        List<StepReport> learn(List<TrainingSample> fresh) {
            steps = new ArrayList<>();
            loop.train(fresh);
            return steps;
        }

        long checkpoint(String schema) {
            TrainerState state = new TrainerState(
                    "bench",
                    schema,
                    Map.of(),
                    new TrainerState.Counts(loop.framesTrained(), 0, 0, 0),
                    random.state(),
                    learner.prequentialState(),
                    replay.samples().stream().map(TrainingSample::reference).toList(),
                    replay.seen(),
                    List.of(),
                    0,
                    0,
                    List.of(),
                    List.of(),
                    null,
                    new double[0],
                    0,
                    null,
                    0,
                    false,
                    0,
                    FateLog.State.EMPTY,
                    null,
                    0,
                    List.of(),
                    null);
            new CheckpointStore(Path.of(config.checkpoint().folder()))
                    .write(new TrainerCheckpoint(state, learner.state()));
            return loop.framesTrained();
        }

        @Override
        public void close() {
            learner.close();
            student.close();
            runtime.close();
        }
    }
}
