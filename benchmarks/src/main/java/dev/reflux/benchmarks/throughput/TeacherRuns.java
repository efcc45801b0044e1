package dev.reflux.benchmarks.throughput;

import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.teacher.TeacherListener;
import dev.reflux.teacher.TeacherService;
import dev.reflux.teacher.TeacherSnapshot;
import dev.reflux.teacher.inference.NetworkOutput;
import dev.reflux.teacher.ingest.DecodedFrame;
import dev.reflux.teacher.pipeline.Ticket;
import dev.reflux.teacher.projection.ProjectedFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Runs the teacher's work by the service through Kafka, by the same stages from memory, and stage by stage. */
final class TeacherRuns {

    static final List<String> STAGES =
            List.of("poll", "decode image and label", "forward", "projection", "encode", "publish");

    private static final int BATCH = 4;
    private static final int IN_FLIGHT = 32;
    private static final int DECODERS = 2;

    private final EmbeddedStream stream;
    private int laps = 1;
    private int runs;

    TeacherRuns(EmbeddedStream stream) {
        this.stream = stream;
    }

    /** Sets how many times the following runs stream all frames. */
    void lengthen(int times) {
        for (; laps < times; laps++) {
            stream.push();
        }
    }

    /** Returns the number of frames of a run. */
    int frames() {
        return laps * stream.frames().size() / BATCH * BATCH;
    }

    private Pace pace() {
        return new Pace(Math.max(BATCH, frames() / 8), frames());
    }

    /** Frames a second of the real service, from the topic's first frame to {@link #frames()}. */
    double throughKafka() {
        Pace pace = pace();
        TeacherListener listener = new TeacherListener() {
            @Override
            public void published(TeacherSnapshot now) {
                pace.done(now.samples());
            }

            @Override
            public void failed(Throwable cause) {
                pace.failed();
            }
        };
        String name = "bench-teacher-" + runs++;
        Map<String, String> config = new HashMap<>();
        config.put("teacher.kafka.bootstrap-servers", stream.kafka().bootstrapServers());
        config.put("teacher.kafka.group", name);
        config.put("teacher.kafka.transactional-id", name);
        config.put("teacher.model.card", stream.settings().teacher().toString());
        config.put("teacher.model.projection", stream.headFile().toString());
        config.put("teacher.view.width", String.valueOf(stream.view().width()));
        config.put("teacher.view.height", String.valueOf(stream.view().height()));
        config.put("teacher.compute.threads", String.valueOf(stream.settings().threads()));
        config.put("teacher.compute.device", "cpu");
        config.put("teacher.health.port", "0");
        try (TeacherService service =
                TeacherService.start(ConfigLoader.load(TeacherConfig.class, null, Map.of(), config), listener)) {
            return pace.framesPerSecond();
        }
    }

    /**
     * Returns frames a second of the same stages, threads, batches and bounds without a broker. Messages come from memory
     * and encoded samples are discarded. Stages overlap as they do in the service.
     */
    double fromMemory() {
        Pace pace = pace();
        ExecutorService decoding = Executors.newFixedThreadPool(DECODERS);
        ExecutorService encoding = Executors.newSingleThreadExecutor();
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        BlockingQueue<List<Future<DecodedFrame>>> batches = new LinkedBlockingQueue<>();
        try (TeacherParts parts = new TeacherParts(stream)) {
            int all = frames();
            Thread camera = new Thread(() -> feed(parts, all, inFlight, decoding, batches), "bench-camera");
            camera.setDaemon(true);
            camera.start();
            for (int done = BATCH; done <= all; done += BATCH) {
                List<DecodedFrame> batch = new ArrayList<>(BATCH);
                for (Future<DecodedFrame> frame : batches.take()) {
                    batch.add(frame.get());
                }
                List<ProjectedFrame> projected = parts.project(batch, parts.forward(batch));
                int count = done;
                encoding.execute(() -> {
                    projected.forEach(parts::encode);
                    inFlight.release(BATCH);
                    pace.done(count);
                });
            }
            return pace.framesPerSecond();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            decoding.shutdownNow();
            encoding.shutdownNow();
        }
    }

    private void feed(
            TeacherParts parts,
            int all,
            Semaphore inFlight,
            ExecutorService decoding,
            BlockingQueue<List<Future<DecodedFrame>>> batches) {
        for (int from = 0; from < all; from += BATCH) {
            inFlight.acquireUninterruptibly(BATCH);
            List<Future<DecodedFrame>> batch = new ArrayList<>(BATCH);
            for (int i = from; i < from + BATCH; i++) {
                Ticket ticket = TeacherParts.ticket(
                        i, stream.frames().get(i % stream.frames().size()));
                batch.add(decoding.submit(() -> parts.decode(ticket)));
            }
            batches.add(batch);
        }
    }

    /** Times each stage by itself, batch after batch. */
    StageFigures walk(int frames) {
        String name = "bench-teacher-walk";
        TopicPartition partition = new TopicPartition(Topics.FRAMES_LABELED, 0);
        try (TeacherParts parts = new TeacherParts(stream);
                KafkaConsumer<byte[], byte[]> consumer =
                        KafkaClients.consumer(stream.kafka(), name, Map.of("max.poll.records", BATCH));
                KafkaProducer<byte[], byte[]> producer = KafkaClients.transactionalProducer(stream.kafka(), name)) {
            producer.initTransactions();
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            // The first batches warm up compilation and caches and are not counted.
            Batches batches = new Batches(parts, consumer, producer, partition, name);
            batches.pass(new Stages(), 2 * BATCH);
            Stages stages = new Stages();
            int done = batches.pass(stages, Math.min(frames, stream.frames().size() - 2 * BATCH));
            return stages.over(done);
        }
    }

    /** The state of a run stage by stage. */
    private record Batches(
            TeacherParts parts,
            KafkaConsumer<byte[], byte[]> consumer,
            KafkaProducer<byte[], byte[]> producer,
            TopicPartition partition,
            String group) {

        int pass(Stages stages, int frames) {
            int done = 0;
            while (done + BATCH <= frames) {
                List<Ticket> tickets = stages.timed("poll", this::poll);
                List<DecodedFrame> batch = stages.timed(
                        "decode image and label",
                        () -> tickets.stream().map(parts::decode).toList());
                NetworkOutput output = stages.timed("forward", () -> parts.forward(batch));
                List<ProjectedFrame> projected = stages.timed("projection", () -> parts.project(batch, output));
                List<byte[]> samples = stages.timed(
                        "encode", () -> projected.stream().map(parts::encode).toList());
                stages.timed("publish", () -> publish(projected, samples));
                done += BATCH;
            }
            return done;
        }

        private List<Ticket> poll() {
            List<Ticket> tickets = new ArrayList<>();
            while (tickets.size() < BATCH) {
                consumer.poll(java.time.Duration.ofSeconds(1))
                        .forEach(record -> tickets.add(new Ticket(record, 1, () -> {})));
            }
            return tickets;
        }

        /** Sends the samples and the next offsets in one transaction. */
        private int publish(List<ProjectedFrame> frames, List<byte[]> samples) {
            producer.beginTransaction();
            for (int i = 0; i < samples.size(); i++) {
                byte[] camera = frames.get(i).message().getCameraId().getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(Topics.DISTILLATION_SAMPLES, camera, samples.get(i)));
            }
            long next = frames.get(frames.size() - 1).ticket().record().offset() + 1;
            producer.sendOffsetsToTransaction(
                    Map.of(partition, new OffsetAndMetadata(next)), new ConsumerGroupMetadata(group));
            producer.commitTransaction();
            return samples.size();
        }
    }
}
