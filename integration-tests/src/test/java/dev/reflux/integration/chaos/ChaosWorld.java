package dev.reflux.integration.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.audit.Audit;
import dev.reflux.audit.AuditReport;
import dev.reflux.audit.AuditSettings;
import dev.reflux.audit.FrameFate;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.integration.process.ServiceProcess;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The processes of {@code dev up} without their supervisor, with a proxy before broker and store. Whoever dies is started
 * again, as an operator's supervisor does.
 */
final class ChaosWorld implements AutoCloseable {

    private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Map<String, String> SECRETS = Map.of("REFLUX_TRAINER_STORE_SECRET_KEY", EmbeddedS3.SECRET_KEY);
    private static final int PUBLISH_EVERY = 8;
    private static final int LIVE_EVERY = 8;
    private static final int FEW = 500;
    private static final int MOST_PARTITIONS = 6;
    private static final String MODEL = "student";

    private final Path folder;
    private final Random random;
    private final int brokerPort = LoopbackPorts.free();
    private final int storePort = LoopbackPorts.free();
    private final FaultyRoad brokerRoad = new FaultyRoad(brokerPort);
    private final FaultyRoad storeRoad = new FaultyRoad(storePort);
    private final Map<String, ServiceProcess> processes = new TreeMap<>();
    private final Map<String, String> trainerSettings;
    private volatile String noAudit = "";
    private final Map<String, Integer> starts = new TreeMap<>();
    private final Optional<Path> smallDisk;
    private final Camera camera;

    /**
     * Starts the processes.
     *
     * @param trainerSettings settings of the trainer that differ from those that suit many faults and few frames
     */
    ChaosWorld(Path folder, long seed, Map<String, String> trainerSettings) {
        this.folder = folder;
        this.trainerSettings = Map.copyOf(trainerSettings);
        this.random = new Random(seed);
        this.smallDisk = mount(folder.resolve("disk"));
        keepUp();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> Topics.ensure(kafka(), new Topics.Plan(2, (short) 1, -1)));
        this.camera = new Camera(kafka(), seed);
    }

    KafkaSettings kafka() {
        return KafkaSettings.of("127.0.0.1:" + brokerRoad.port());
    }

    // ---- processes -------------------------------------------------------------------------------------------------

    /** Starts whoever is not there. */
    void keepUp() {
        keep("broker", this::broker);
        keep("store", this::store);
        keep("teacher", () -> teacher("teacher"));
        keep("trainer", () -> trainer("trainer", checkpoints()));
    }

    private interface Start {
        ServiceProcess process();
    }

    private void keep(String name, Start start) {
        ServiceProcess known = processes.get(name);
        if (known == null || !known.alive()) {
            starts.merge(name, 1, Integer::sum);
            processes.put(name, start.process());
        }
    }

    private ServiceProcess broker() {
        return ServiceProcess.start(
                folder.resolve("broker.log"),
                Map.of(),
                BrokerProcess.class.getName(),
                List.of(
                        folder.resolve("kafka").toString(),
                        String.valueOf(brokerPort),
                        String.valueOf(brokerRoad.port())));
    }

    private ServiceProcess store() {
        return ServiceProcess.start(
                folder.resolve("store.log"),
                Map.of(),
                List.of(
                        "dev",
                        "store",
                        "--data",
                        folder.resolve("store").toString(),
                        "--port",
                        String.valueOf(storePort)));
    }

    private ServiceProcess teacher(String name) {
        return service(
                name,
                "teacher",
                Map.of(
                        "teacher.kafka.bootstrap-servers", kafka().bootstrapServers(),
                        "teacher.kafka.transactional-id", name,
                        "teacher.model.card",
                                MODELS.resolve("teacher-synthetic.json").toString(),
                        "teacher.view.width", "96",
                        "teacher.view.height", "64",
                        "teacher.compute.device", "cpu",
                        "teacher.compute.threads", "1",
                        "teacher.health.port", "0"));
    }

    private Path checkpoints() {
        return smallDisk.orElse(folder.resolve("checkpoints"));
    }

    private ServiceProcess trainer(String name, Path checkpoints) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("trainer.kafka.bootstrap-servers", kafka().bootstrapServers());
        settings.put("trainer.student.card", MODELS.resolve("student-cnn.json").toString());
        settings.put("trainer.student.label-schema", "synthetic-9");
        settings.put("trainer.student.fresh", "true");
        settings.put("trainer.store.endpoint", storeEndpoint());
        settings.put("trainer.store.access-key", EmbeddedS3.ACCESS_KEY);
        settings.put("trainer.checkpoint.folder", checkpoints.toString());
        settings.put("trainer.checkpoint.every-frames", "4");
        settings.put("trainer.checkpoint.publish-every-frames", String.valueOf(PUBLISH_EVERY));
        settings.put("trainer.learning.updates", "1");
        settings.put("trainer.learning.replay-capacity", "16");
        settings.put("trainer.learning.linger", "PT0.2S");
        settings.put("trainer.compute.device", "cpu");
        settings.put("trainer.compute.threads", "1");
        settings.put("trainer.health.port", "0");
        settings.putAll(trainerSettings);
        return service(name, "trainer", settings);
    }

    private ServiceProcess service(String name, String service, Map<String, String> settings) {
        List<String> command = new ArrayList<>(List.of(service));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        return ServiceProcess.start(folder.resolve(name + ".log"), SECRETS, command);
    }

    private String storeEndpoint() {
        return "http://127.0.0.1:" + storeRoad.port();
    }

    private void kill(String name) {
        ServiceProcess process = processes.get(name);
        process.signal("KILL");
        await().atMost(PATIENCE).until(() -> !process.alive());
        keepUp();
    }

    // ---- faults ----------------------------------------------------------------------------------------------------

    /** Lets frames come, and a fault happen meanwhile. Returns what it was, in words. */
    String suffer(Fault fault) {
        camera.send(4 + random.nextInt(8));
        pause(500 + random.nextInt(1500));
        String what = fault + happen(fault);
        pause(200);
        keepUp();
        return what;
    }

    private String happen(Fault fault) {
        switch (fault) {
            case KILL_TEACHER -> kill("teacher");
            case KILL_TRAINER -> kill("trainer");
            case KILL_BROKER -> kill("broker");
            case KILL_STORE -> kill("store");
            case PAUSE_TEACHER -> suspend("teacher");
            case PAUSE_TRAINER -> suspend("trainer");
            case PAUSE_BROKER -> suspend("broker");
            case PAUSE_STORE -> suspend("store");
            case RESTART_BROKER -> restart();
            case BROKER_CUT -> road(brokerRoad, FaultyRoad.State.CUT);
            case BROKER_SLOW -> road(brokerRoad, FaultyRoad.State.SLOW);
            case BROKER_STALLED -> road(brokerRoad, FaultyRoad.State.STALLED);
            case STORE_UNAVAILABLE -> road(storeRoad, FaultyRoad.State.UNAVAILABLE);
            case STORE_SLOW -> road(storeRoad, FaultyRoad.State.SLOW);
            case STORE_HALF -> road(storeRoad, FaultyRoad.State.HALF);
            case STORE_STALLED -> road(storeRoad, FaultyRoad.State.STALLED);
            case STORE_CUT -> road(storeRoad, FaultyRoad.State.CUT);
            case SECOND_TRAINER -> guest(trainer("trainer-2", folder.resolve("checkpoints-" + random.nextInt())));
            case SECOND_TEACHER -> guest(teacher("teacher-2"));
            case POISON_BURST -> poison();
            case CLOCK_JUMP -> clock();
            case FULL_DISK -> {
                return fillDisk();
            }
            case ADD_PARTITIONS -> addPartitions();
            case RECREATE_FRAMES -> {
                return recreateFrames();
            }
        }
        return "";
    }

    private void suspend(String name) {
        ServiceProcess process = processes.get(name);
        process.signal("STOP");
        pause(500 + random.nextInt(6000));
        process.signal("CONT");
    }

    private void restart() {
        ServiceProcess broker = processes.get("broker");
        broker.askToEnd();
        await().atMost(PATIENCE).until(() -> !broker.alive());
        keepUp();
    }

    private void road(FaultyRoad road, FaultyRoad.State state) {
        road.be(state);
        long until = System.nanoTime()
                + Duration.ofMillis(500 + random.nextInt(5000)).toNanos();
        while (System.nanoTime() < until) {
            pause(250);
            keepUp();
        }
        road.be(FaultyRoad.State.GOOD);
    }

    private void guest(ServiceProcess process) {
        long until = System.nanoTime()
                + Duration.ofMillis(4000 + random.nextInt(4000)).toNanos();
        while (process.alive() && System.nanoTime() < until) {
            pause(250);
            keepUp();
        }
        process.signal("KILL");
    }

    private void poison() {
        byte[][] kinds = {new byte[] {1, 2, 3}, new byte[0], "II*\0damaged".getBytes(), new byte[2000]};
        try (KafkaProducer<byte[], byte[]> producer = KafkaClients.producer(kafka(), Map.of())) {
            for (int i = 0; i < 6; i++) {
                producer.send(new ProducerRecord<>(
                        Topics.FRAMES_LABELED, ("poison" + i).getBytes(), kinds[random.nextInt(kinds.length)]));
            }
        }
    }

    private void clock() {
        camera.clockJumps(true);
        camera.send(6);
        await().atMost(PATIENCE).until(camera::idle);
        camera.clockJumps(false);
    }

    private String fillDisk() {
        if (smallDisk.isEmpty()) {
            return " (skipped: no tmpfs can be mounted here)";
        }
        Path ballast = smallDisk.get().resolve("ballast");
        try (OutputStream out = Files.newOutputStream(ballast)) {
            byte[] block = new byte[1 << 16];
            for (int i = 0; i < 1 << 12; i++) {
                out.write(block);
            }
        } catch (IOException e) {
            // The disk is full.
        }
        camera.send(8);
        pause(4000);
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "";
    }

    private void addPartitions() {
        try (Admin admin = KafkaClients.admin(kafka())) {
            int now = admin.describeTopics(List.of(Topics.FRAMES_LABELED))
                    .allTopicNames()
                    .get()
                    .get(Topics.FRAMES_LABELED)
                    .partitions()
                    .size();
            if (now < MOST_PARTITIONS) {
                admin.createPartitions(Map.of(
                                Topics.FRAMES_LABELED, NewPartitions.increaseTo(now + 1),
                                Topics.DISTILLATION_SAMPLES, NewPartitions.increaseTo(now + 1)))
                        .all()
                        .get();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String recreateFrames() {
        settle();
        try (Admin admin = KafkaClients.admin(kafka())) {
            admin.deleteTopics(List.of(Topics.FRAMES_LABELED)).all().get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> Topics.ensure(kafka(), new Topics.Plan(2, (short) 1, -1)));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> topics().contains(Topics.FRAMES_LABELED));
        return "";
    }

    private java.util.Set<String> topics() throws Exception {
        try (Admin admin = KafkaClients.admin(kafka())) {
            return admin.listTopics().names().get();
        }
    }

    /** Lets frames pass, and waits until teacher and trainer have read almost all of them. */
    void pass(int frames) {
        camera.send(frames);
        await().atMost(Duration.ofHours(1))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() -> {
                    keepUp();
                    return camera.idle()
                            && behind("reflux-teacher", Topics.FRAMES_LABELED) < FEW
                            && behind("reflux-trainer", Topics.DISTILLATION_SAMPLES) < FEW;
                });
    }

    /** Returns how many records of a topic a group has not read. */
    private long behind(String group, String topic) throws Exception {
        try (Admin admin = KafkaClients.admin(kafka())) {
            long ends = 0;
            var partitions = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions();
            for (var partition : partitions) {
                var place = new TopicPartition(topic, partition.partition());
                ends += admin.listOffsets(Map.of(place, OffsetSpec.latest()))
                        .all()
                        .get()
                        .get(place)
                        .offset();
            }
            return ends
                    - admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                            .filter(committed ->
                                    committed.getKey().topic().equals(topic) && committed.getValue() != null)
                            .mapToLong(committed -> committed.getValue().offset())
                            .sum();
        }
    }

    Map<String, Long> pids() {
        Map<String, Long> pids = new TreeMap<>();
        processes.forEach((name, process) -> pids.put(name, process.pid()));
        return pids;
    }

    // ---- audit -----------------------------------------------------------------------------------------------------

    /** Waits until every frame has become something, and audits. */
    AuditReport settle() {
        camera.send(4 * publishEvery());
        await().atMost(PATIENCE).until(camera::idle);
        AuditReport[] last = new AuditReport[1];
        try {
            int[] asked = {0};
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(() -> {
                keepUp();
                last[0] = audit();
                if (last[0] != null && settled(last[0])) {
                    return true;
                }
                // A push tries a frame again that the brokers refused when its camera has the next one.
                camera.send(asked[0]++ % LIVE_EVERY == 0 ? 1 : 0);
                return false;
            });
        } catch (org.awaitility.core.ConditionTimeoutException e) {
            throw new AssertionError(
                    "The path does not come to rest: "
                            + (last[0] == null ? "no audit, " + noAudit : last[0].counts() + " " + last[0].sentences())
                            + tails(),
                    e);
        }
        return last[0];
    }

    private int publishEvery() {
        return Integer.parseInt(
                trainerSettings.getOrDefault("trainer.checkpoint.publish-every-frames", String.valueOf(PUBLISH_EVERY)));
    }

    private boolean settled(AuditReport report) {
        return report.counts().getOrDefault(FrameFate.PENDING_TEACHER, 0L) == 0
                && report.counts().getOrDefault(FrameFate.PENDING_TRAINER, 0L) < 3 * publishEvery()
                && report.counts().getOrDefault(FrameFate.TRAINED, 0L) > 0;
    }

    private @Nullable AuditReport audit() {
        try (ObjectStore store = MinioStore.open(new StoreSettings(
                URI.create(storeEndpoint()), "us-east-1", "reflux", EmbeddedS3.ACCESS_KEY, EmbeddedS3.SECRET_KEY))) {
            return new Audit(AuditSettings.of(kafka(), MODEL, "reflux-teacher"), store, (topic, records) -> {}).run();
        } catch (RuntimeException e) {
            // A process is still on its way up, or no version is there yet.
            noAudit = e.toString();
            return null;
        }
    }

    void requireSound(AuditReport report, String after) {
        assertThat(report.faults())
                .as(after + ": " + report.sentences() + tails())
                .isEmpty();
        assertThat(report.lost() + report.twice()).isZero();
    }

    Map<String, Integer> starts() {
        return starts;
    }

    String tails() {
        StringBuilder all = new StringBuilder();
        for (String name : processes.keySet()) {
            List<String> lines = processes.get(name).said().lines().toList();
            all.append("\n--- ")
                    .append(name)
                    .append('\n')
                    .append(String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())));
        }
        return all.toString();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    private static Optional<Path> mount(Path disk) {
        try {
            Files.createDirectories(disk);
            Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=160m", "none", disk.toString())
                    .redirectErrorStream(true)
                    .start();
            return mount.waitFor() == 0 ? Optional.of(disk) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        camera.close();
        processes.values().forEach(process -> {
            process.signal("CONT");
            process.close();
            await().atMost(PATIENCE).until(() -> !process.alive());
        });
        brokerRoad.close();
        storeRoad.close();
        smallDisk.ifPresent(disk -> {
            try {
                new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
