package dev.reflux.audit;

import static dev.reflux.audit.World.repeats;
import static dev.reflux.audit.World.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedKafka;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.StoreSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of loss, double and lie is planted, and found by its name; without one there is none. */
class AuditTest {

    private static final AtomicInteger WORLDS = new AtomicInteger();
    private static final Consumer<World> NOTHING = world -> {};

    @TempDir
    static Path folder;

    private static World.Bed bed;

    @BeforeAll
    static void start() {
        EmbeddedS3 store = EmbeddedS3.start(folder.resolve("store"));
        bed = new World.Bed(
                EmbeddedKafka.start(folder.resolve("kafka")),
                store,
                MinioStore.open(new StoreSettings(
                        store.endpoint(), "us-east-1", "reflux", store.accessKey(), store.secretKey())),
                folder);
    }

    @AfterAll
    static void stop() {
        bed.bucket().close();
        bed.store().close();
        bed.broker().close();
    }

    private static World world() {
        return new World(bed, "m" + WORLDS.incrementAndGet());
    }

    static Stream<Arguments> plants() {
        return Stream.of(
                plant(FaultKind.FRAME_LOST, "a teacher that commits a frame without a sample", w -> w.committed = 12),
                plant(FaultKind.FRAME_LOST, "the same where the group is not known", w -> {
                    w.committed = -1;
                    w.frames = 13;
                    w.samples.add(Optional.of(12L));
                }),
                after(
                        FaultKind.FRAME_REMOVED,
                        "retention before the teacher",
                        w -> {
                            w.committed = 0;
                            w.samples.set(9, Optional.of(11L));
                        },
                        w -> w.removeBefore(w.settings().frames(), 11)),
                plant(FaultKind.SAMPLE_LOST, "a version that skips a sample", w -> {
                    w.versions.get(1).runs.set(0, run("trained", 8, 8, 9));
                    w.versions.get(1).framesTrained = 5;
                }),
                after(
                        List.of(FaultKind.SAMPLE_REMOVED, FaultKind.FRAME_LOST),
                        "retention before the trainer",
                        w -> w.samples.add(Optional.of(11L)),
                        w -> w.removeBefore(w.settings().samples(), 10)),
                plant(FaultKind.SAMPLE_REMOVED, "a trainer that says what it could not read", w -> {
                    w.samples.set(7, Optional.empty());
                    w.samples.set(8, Optional.of(8L));
                    w.samples.set(9, Optional.of(9L));
                    w.committed = 10;
                    w.versions.get(1).framesTrained = 5;
                    w.versions.get(1).runs = List.of(
                            "{\"fate\":\"skipped\",\"reason\":\"retention\",\"first\":7,\"last\":7,\"samples\":1}",
                            run("trained", 8, 8, 8));
                }),
                plant(FaultKind.LETTER_LOST, "a fate without its letter", w -> w.letters.remove(1)),
                plant(FaultKind.FRAME_LOST, "a refused frame without its letter", w -> w.letters.remove(0)),
                plant(
                        FaultKind.DUPLICATE_OF_NOTHING,
                        "a duplicate of a frame that waits",
                        w -> w.versions.get(0).runs.set(2, repeats(5, 5, 10))),
                plant(
                        FaultKind.DUPLICATE_OF_NOTHING,
                        "a duplicate of a refused frame",
                        w -> w.versions.get(0).runs.set(2, repeats(5, 5, 6))),
                plant(List.of(FaultKind.FRAME_TWICE, FaultKind.TAUGHT_TWICE), "a frame trained twice", w -> {
                    w.samples.set(7, Optional.of(3L));
                    w.samples.set(8, Optional.of(8L));
                    w.samples.set(9, Optional.of(9L));
                    w.committed = 10;
                    w.versions.get(1).runs = List.of(run("trained", 7, 7, 3), run("trained", 8, 8, 8));
                }),
                plant(List.of(FaultKind.FRAME_TWICE, FaultKind.TAUGHT_TWICE), "a frame trained and held out", w -> {
                    w.samples.set(7, Optional.of(4L));
                    w.samples.set(8, Optional.of(8L));
                    w.samples.set(9, Optional.of(9L));
                    w.committed = 10;
                    w.versions.get(1).runs = List.of(run("trained", 7, 7, 4), run("trained", 8, 8, 8));
                }),
                plant(
                        FaultKind.TAUGHT_TWICE,
                        "two samples of a frame that waits",
                        w -> w.samples.add(Optional.of(10L))),
                plant(
                        FaultKind.TAUGHT_AND_REFUSED,
                        "a sample and a dead letter",
                        w -> w.letters.add(new World.Letter("teacher.inference", true, 10))),
                plant(
                        FaultKind.REFUSED_TWICE,
                        "two dead letters",
                        w -> w.letters.add(new World.Letter("teacher.ingest", true, 6))),
                plant(
                        List.of(FaultKind.SAMPLE_TWICE, FaultKind.FATES_CONTRADICT, FaultKind.FRAME_TWICE),
                        "a run twice",
                        w -> {
                            w.versions.get(1).runs = List.of(run("trained", 7, 8, 8), run("trained", 8, 8, 9));
                            w.versions.get(1).framesTrained = 7;
                        }),
                after(
                        List.of(
                                FaultKind.VERSION_MISSING,
                                FaultKind.SAMPLE_LOST,
                                FaultKind.FRAME_LOST,
                                FaultKind.DUPLICATE_OF_NOTHING),
                        "a version that is gone",
                        w -> {
                            w.samples.clear();
                            for (long i : new long[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 10}) {
                                w.samples.add(i < 1 ? Optional.empty() : Optional.of(i));
                            }
                            w.versions.get(1).runs = List.of(run("trained", 7, 7, 8), repeats(8, 9, 1));
                            w.versions.get(1).framesTrained = 5;
                        },
                        w -> w.delete(w.manifestKey(1))),
                plant(FaultKind.CHAIN_BROKEN, "a version of another parent", w -> w.versions.get(1).parent = 0),
                plant(
                        List.of(FaultKind.FATES_MISSING, FaultKind.SAMPLE_LOST, FaultKind.FATES_CONTRADICT),
                        "a version without fates",
                        w -> {
                            w.versions.get(0).fates = false;
                        }),
                after(
                        FaultKind.HASH_WRONG,
                        "a student with other bytes",
                        NOTHING,
                        w -> w.overwrite(w.version(2).blob(Artifact.STUDENT).key(), "other")),
                after(
                        FaultKind.HASH_WRONG,
                        "weights that are gone",
                        NOTHING,
                        w -> w.delete(w.version(1).blob(Artifact.WEIGHTS).key())),
                after(
                        List.of(FaultKind.HASH_WRONG, FaultKind.SAMPLE_LOST),
                        "fates with other bytes",
                        w -> w.versions.get(1).fates = true,
                        w -> w.overwrite(w.version(2).lineage().fates().key(), "{}")),
                plant(
                        FaultKind.FATES_DAMAGED,
                        "fates that are no JSON",
                        w -> w.versions.get(1).wholeFile = Optional.of("{")),
                plant(
                        FaultKind.FATES_CONTRADICT,
                        "an end that is not the manifest's",
                        w -> w.versions.get(1).saidTo = 8),
                plant(
                        FaultKind.FATES_CONTRADICT,
                        "a count that is not the manifest's",
                        w -> w.versions.get(1).framesTrained = 9),
                plant(List.of(FaultKind.FATES_CONTRADICT, FaultKind.SAMPLE_LOST), "a gap between two versions", w -> {
                    w.versions.get(1).from = 8;
                    w.versions.get(1).runs = List.of(run("trained", 8, 8, 9));
                    w.versions.get(1).framesTrained = 5;
                }),
                plant(
                        List.of(FaultKind.FATES_CONTRADICT, FaultKind.FRAME_TWICE),
                        "a run that names other frames",
                        w -> {
                            w.versions.get(1).runs = List.of(run("trained", 7, 7, 0), run("trained", 8, 8, 9));
                        }),
                plant(FaultKind.FATES_CONTRADICT, "a run with more samples than the log has", w -> {
                    w.versions.get(1).to = 11;
                    w.versions.get(1).saidTo = 11;
                    w.versions.get(1).runs = List.of(run("trained", 7, 10, 8));
                    w.versions.get(1).framesTrained = 8;
                }),
                after(FaultKind.LATEST_WRONG, "an alias that is gone", NOTHING, w -> {
                    w.delete(w.aliasKey());
                    w.delete(w.aliasKey().replace("2.json", "1.json"));
                }));
    }

    private static Arguments plant(FaultKind expected, String name, Consumer<World> before) {
        return after(List.of(expected), name, before, NOTHING);
    }

    private static Arguments plant(List<FaultKind> expected, String name, Consumer<World> before) {
        return after(expected, name, before, NOTHING);
    }

    private static Arguments after(FaultKind expected, String name, Consumer<World> before, Consumer<World> after) {
        return after(List.of(expected), name, before, after);
    }

    private static Arguments after(
            List<FaultKind> expected, String name, Consumer<World> before, Consumer<World> after) {
        return arguments(name, expected, before, after);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("plants")
    void givenAPlantedFault_whenAudited_thenItIsFoundByItsName(
            String name, List<FaultKind> expected, Consumer<World> before, Consumer<World> after) throws Exception {
        World world = world();
        before.accept(world);
        world.write();
        after.accept(world);

        AuditReport report = world.audit();

        assertThat(report.faults().keySet()).as(report.sentences().toString()).contains(expected.get(0));
        assertThat(expected)
                .as(report.sentences().toString())
                .containsAll(report.faults().keySet());
        assertThat(report.sentences().get(expected.get(0)).get(0)).endsWith(".");
    }

    @Test
    void givenEveryKind_whenTheTableIsRead_thenEachIsPlantedAsTheFirst() {
        List<FaultKind> first = plants().map(one -> (List<?>) one.get()[1])
                .map(kinds -> (FaultKind) kinds.get(0))
                .distinct()
                .toList();

        assertThat(first).containsExactlyInAnyOrder(FaultKind.values());
    }

    @Test
    void givenASoundWorld_whenAudited_thenEveryFrameHasItsFateAndThereIsNoFault() throws Exception {
        World world = world().write();

        AuditReport report = world.audit();

        assertThat(report.sentences()).isEmpty();
        assertThat(report.counts())
                .isEqualTo(Map.of(
                        FrameFate.TRAINED, 6L,
                        FrameFate.HELD_OUT, 1L,
                        FrameFate.DUPLICATE, 1L,
                        FrameFate.DEAD_LETTERED, 2L,
                        FrameFate.PENDING_TRAINER, 1L,
                        FrameFate.PENDING_TEACHER, 1L));
        JsonNode json = json(report);
        assertThat(json.path("frames").asLong()).isEqualTo(12);
        assertThat(json.path("lost").asLong() + json.path("twice").asLong()).isZero();
        assertThat(json.path("partitions").path(0).path("runs").toString())
                .startsWith("[{\"first\":0,\"last\":3,\"fate\":\"trained\",\"version\":1},"
                        + "{\"first\":4,\"last\":4,\"fate\":\"held-out\",\"version\":1},"
                        + "{\"first\":5,\"last\":5,\"fate\":\"duplicate\",\"version\":1},"
                        + "{\"first\":6,\"last\":6,\"fate\":\"dead-lettered\",\"reason\":\"EMPTY_IMAGE\"}");
        StringWriter table = new StringWriter();
        report.print(new PrintWriter(table, true));
        assertThat(table.toString())
                .contains("trained")
                .endsWith("0 lost, 0 twice, no fault." + System.lineSeparator());
    }

    /** Seed 1004 of ChaosTest: the alias was read after the versions, and pointed behind them. */
    @Test
    void givenATrainerThatPublishesMeanwhile_whenAudited_thenTheNewVersionIsNoFault() throws Exception {
        World world = world().write();

        AuditReport report =
                world.auditWhilePublishing(new World.Version(2, 9, 10, 7, List.of(run("trained", 9, 9, 10))));

        assertThat(report.sentences()).isEmpty();
        assertThat(report.counts()).containsEntry(FrameFate.PENDING_TRAINER, 1L);
    }

    private static JsonNode json(AuditReport report) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.write(out);
        return new ObjectMapper().readTree(out.toByteArray());
    }

    /** A version names a fate that this build does not know, and retention has removed what was accounted for. */
    @Test
    void givenAnOpenFateAndAnAccountedPast_whenAudited_thenTheFateIsReportedAndNothingIsLost() throws Exception {
        World world = world();
        world.versions.get(0).runs.set(1, run("moved", 4, 4, 4));
        world.write();
        world.removeBefore(world.settings().frames(), 5);
        world.removeBefore(world.settings().samples(), 5);

        AuditReport report = world.audit();

        assertThat(report.sentences()).isEmpty();
        assertThat(report.counts()).containsEntry(FrameFate.OTHER, 1L).containsEntry(FrameFate.TRAINED, 6L);
        assertThat(json(report).toString()).contains("\"fate\":\"other\",\"reason\":\"moved\"");
    }

    @Test
    void givenNoSuchModel_whenAudited_thenOneSentenceSaysSo() throws Exception {
        World world = world();
        world.versions.clear();
        world.write();

        assertThatThrownBy(world::audit).isInstanceOf(UsageException.class).hasMessageContaining("no version of model");
    }

    @Test
    void givenTenMillionFrames_whenAccounted_thenTheLedgerHasTheSizeThatIsPromised() {
        FrameLedger ledger = new FrameLedger();

        for (int offset = 0; offset < 10_000_000; offset++) {
            ledger.fate(offset, FrameFate.TRAINED, offset / 1000);
        }

        assertThat(ledger.bytes()).isLessThan(51_000_000);
        assertThat(ledger.detail(9_999_999)).isEqualTo(9_999);
    }
}
