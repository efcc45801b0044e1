package dev.reflux.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, each of which ends without a word when it opens one certain frame. */
class PoisonFrameTest {

    private static final int SOUND = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    private Path directory;

    @Test
    void givenAFrameThatEndsEveryProcess_whenTeachersAreStartedAgain_thenItAloneIsSetAsideAndAllOthersPassOnce()
            throws Exception {
        try (TeacherBench bench = new TeacherBench(directory, 2)) {
            missedAfterFiveSeconds(bench);
            byte[] killer = SampleFrames.value(SampleFrames.sound(DyingTeacher.KILLER));
            bench.push(0, SOUND / 2);
            bench.push("camera-3", killer);
            bench.push(SOUND / 2, SOUND);
            List<Integer> exits = new ArrayList<>();
            Process teacher = start(bench);
            while (!settled(bench, teacher)) {
                exits.add(teacher.exitValue());
                assertThat(exits).as("ends of the process").hasSizeLessThan(6);
                teacher = start(bench);
            }
            teacher.destroy();
            boolean ended = teacher.waitFor(60, TimeUnit.SECONDS);

            // In a batch with others, and twice alone: then it is certain.
            assertThat(exits).hasSize(3).containsOnly(DyingTeacher.EXIT_CODE);
            assertThat(ended).isTrue();
            assertThat(TeacherBench.ids(bench.samples(SOUND)))
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, SOUND)
                            .mapToObj(i -> "frame-" + i)
                            .toList());
            assertThat(bench.deadLetters(1)).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo(Rejection.PROCESS_ENDED);
                assertThat(letter.value()).isEqualTo(killer);
                assertThat(letter.key()).isEqualTo("camera-3".getBytes());
            });
            assertThat(marks(bench))
                    .as("marks of a teacher that stopped in good order")
                    .containsOnly("");
        } finally {
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** A process that ended without a word keeps its partitions for so long. */
    private static void missedAfterFiveSeconds(TeacherBench bench) throws Exception {
        try (Admin admin = KafkaClients.admin(bench.kafka())) {
            var session = new ConfigEntry("consumer.session.timeout.ms", "5000");
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, "reflux-teacher"),
                            List.of(new AlterConfigOp(session, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    /** Waits until the process has ended or everything is done. */
    private static boolean settled(TeacherBench bench, Process teacher) {
        try (Admin admin = KafkaClients.admin(bench.kafka())) {
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> !teacher.isAlive() || done(admin));
        }
        return teacher.isAlive();
    }

    private static boolean done(Admin admin) throws Exception {
        List<TopicPartition> frames =
                List.of(new TopicPartition(Topics.FRAMES_LABELED, 0), new TopicPartition(Topics.FRAMES_LABELED, 1));
        Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> ends = admin.listOffsets(
                        Map.of(frames.get(0), OffsetSpec.latest(), frames.get(1), OffsetSpec.latest()))
                .all()
                .get();
        Map<TopicPartition, OffsetAndMetadata> committed = committed(admin);
        return frames.stream()
                .allMatch(partition -> committed.containsKey(partition)
                        && committed.get(partition).offset()
                                == ends.get(partition).offset());
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets("reflux-teacher")
                .partitionsToOffsetAndMetadata()
                .get();
    }

    private static List<String> marks(TeacherBench bench) throws Exception {
        try (Admin admin = KafkaClients.admin(bench.kafka())) {
            return committed(admin).values().stream()
                    .map(OffsetAndMetadata::metadata)
                    .toList();
        }
    }

    private Process start(TeacherBench bench) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                DyingTeacher.class.getName()));
        bench.keys("same", Map.of()).forEach((key, value) -> command.add(key + "=" + value));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("teacher.log").toFile()))
                .start();
    }
}
