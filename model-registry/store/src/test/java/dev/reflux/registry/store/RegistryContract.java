package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.client.DeltaReader;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.SealedJson;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The registry's guarantees, held against a store. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RegistryContract {

    private static final int WRITERS = 16;

    /** Of each writer. Continuous integration has no time for more than a few; docs/registry.md says how to run 200. */
    private static final int COMMITS = Integer.getInteger("reflux.registry.commits", 6);

    private Path directory;

    private StoreUnderTest server;
    private ObjectStore store;
    private ModelRegistry registry;
    private Candidates candidates;

    abstract StoreUnderTest server(Path directory);

    @BeforeAll
    void open(@TempDir Path directory) {
        this.directory = directory;
        server = server(directory.resolve("store"));
        store = server.open();
        registry = new ModelRegistry(store, Clock.systemUTC());
        candidates = new Candidates(directory);
    }

    @AfterAll
    void close() throws Exception {
        registry.catalog().models().stream()
                .filter(name -> name.startsWith("contract-"))
                .flatMap(name -> store.list(name + "/").stream())
                .forEach(object -> store.delete(object.key()));
        store.close();
        server.close();
    }

    // ---- versions and names --------------------------------------------------------------------------------------

    @Test
    void givenAnEmptyLine_whenPublishedTwice_thenVersionsCountFromOneAndLatestFollows() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");

        StudentVersion first = registry.publisher().publish(writer, candidates.of("first", 0));
        StudentVersion second = registry.publisher().publish(writer, candidates.of("second", 1));

        assertThat(first.version()).isEqualTo(1);
        assertThat(registry.reader().resolve(model, "latest")).contains(second);
        assertThat(registry.reader().resolve(model, "1")).contains(first);
        assertThat(registry.catalog().versions(model, 1)).containsExactly(first, second);
        assertThat(candidates.contentOf(registry.reader(), first)).isEqualTo("first");
    }

    @Test
    void givenARollback_whenAWriterOpensAndPublishes_thenOnlyThePublicationMovesLatest() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        registry.publisher().publish(writer, candidates.of("1", 0));
        registry.publisher().publish(writer, candidates.of("2", 1));
        registry.aliases().point(model, "latest", 1, "ops", "it saw ghosts");

        Writer next = registry.publisher().openWriter(model, "restarted");
        long afterOpening = registry.reader().require(model, "latest").version();
        registry.publisher().publish(next, candidates.of("3", 2));

        assertThat(afterOpening).isEqualTo(1);
        assertThat(registry.reader().require(model, "latest").version()).isEqualTo(3);
        assertThat(registry.catalog().history(model, "latest"))
                .extracting(AliasChange::version, AliasChange::newest, AliasChange::by)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, 1L, "test"),
                        org.assertj.core.groups.Tuple.tuple(2L, 2L, "test"),
                        org.assertj.core.groups.Tuple.tuple(1L, 2L, "ops"),
                        org.assertj.core.groups.Tuple.tuple(3L, 3L, "restarted"));
    }

    @Test
    void givenAliases_whenListed_thenEachPointsWhereItWasPointed() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        registry.publisher().publish(writer, candidates.of("1", 0));
        registry.publisher().publish(writer, candidates.of("2", 1));

        registry.aliases().point(model, "champion", 1, "test", "");

        assertThat(registry.catalog().aliases(model))
                .containsEntry("champion", 1L)
                .containsEntry("latest", 2L);
    }

    @Test
    void givenBadNames_whenUsed_thenASentenceNamesThem() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        registry.publisher().publish(writer, candidates.of("1", 0));

        assertThatThrownBy(() -> registry.publisher().openWriter("Street!", "test"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("\"Street!\" cannot name a model");
        assertThatThrownBy(() -> registry.aliases().point(model, "7", 1, "test", ""))
                .hasMessageContaining("cannot be a number");
        assertThatThrownBy(() -> registry.aliases().point(model, "champion", 9, "test", ""))
                .hasMessage(model + " has no version 9; see its versions for those there are.");
        assertThatThrownBy(() -> registry.reader().require(model, "gold")).hasMessageContaining("no \"gold\" of model");
    }

    // ---- one writer at a time ------------------------------------------------------------------------------------

    @Test
    void givenAWriterThatWasTakenOver_whenItPublishes_thenItIsStaleAndNothingChanges() {
        String model = line();
        Writer old = registry.publisher().openWriter(model, "old");
        registry.publisher().publish(old, candidates.of("1", 0));
        registry.publisher().openWriter(model, "new");

        assertThatThrownBy(() -> registry.publisher().publish(old, candidates.of("loser", 1)))
                .isInstanceOf(StaleWriterException.class)
                .hasMessage(
                        "The writer of " + model + " with epoch 1 is stale: epoch 2 has taken over; stop this trainer"
                                + " or give it another model name.");

        assertThat(registry.catalog().versions(model, 1)).hasSize(1);
    }

    @Test
    void givenWritersOfOneNameThatOpenTogether_whenTheyGetEpochs_thenEachHasItsOwn() throws Exception {
        String model = line();

        List<Long> epochs = together(
                WRITERS, i -> registry.publisher().openWriter(model, "twin").epoch());

        assertThat(epochs)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, WRITERS).boxed().toList());
    }

    // ---- what it costs -------------------------------------------------------------------------------------------

    @Test
    void givenALineThatHasGrown_whenOneMoreIsPublished_thenTheStoreIsAskedAsOftenAsBeforeAndListsNothing() {
        CountingStore counting = new CountingStore(store);
        ModelRegistry counted = new ModelRegistry(counting.store(), Clock.systemUTC());
        Writer writer = counted.publisher().openWriter(line(), "test");
        counted.publisher().publish(writer, candidates.of("first", 0));
        counting.take();
        counted.publisher().publish(writer, candidates.of("second", 1));
        List<String> before = counting.take();
        IntStream.range(0, 12).forEach(i -> counted.publisher().publish(writer, candidates.of("more " + i, 2)));
        counting.take();

        counted.publisher().publish(writer, candidates.of("last", 14));

        assertThat(counting.take()).isEqualTo(before).doesNotContain("list").hasSizeLessThan(25);
    }

    @Test
    void givenWhatOthersPublishedAndReapedMeanwhile_whenPublished_thenTheNextNumberIsTheListedOne() {
        String model = line();
        ModelRegistry other = new ModelRegistry(store, Clock.systemUTC());
        Writer writer = registry.publisher().openWriter(model, "test");
        List<Long> numbers = new ArrayList<>();
        for (int pause : new int[] {0, 1, 2, 3, 6}) {
            IntStream.range(0, pause).forEach(i -> other.publisher().publish(writer, candidates.of("other " + i, 0)));
            other.reap(model, new RetentionPolicy(1, 0, Duration.ofHours(1)), false);

            numbers.add(registry.publisher()
                    .publish(writer, candidates.of("mine " + pause, 0))
                    .version());
        }

        assertThat(numbers).containsExactly(1L, 3L, 6L, 10L, 17L);
        assertThat(registry.reader().require(model, "latest").version()).isEqualTo(17);
        assertThat(new ModelRegistry(store, Clock.systemUTC())
                        .publisher()
                        .openWriter(model, "next")
                        .epoch())
                .isEqualTo(2);
    }

    @Test
    void givenSixteenWritersThatTakeEachOtherOver_whenAllPublish_thenNumbersAreGaplessAndNoLoserIsSeen()
            throws Exception {
        String model = line();
        int lives = COMMITS / 2;
        AtomicInteger takenOver = new AtomicInteger();

        try (Reader reader = new Reader(model)) {
            List<List<Long>> published = together(WRITERS, i -> {
                List<Long> mine = new ArrayList<>();
                for (int life = 0; life < lives; life++) {
                    Writer writer = registry.publisher().openWriter(model, "writer-" + i);
                    try {
                        for (int commit = 0; commit < 2; commit++) {
                            mine.add(registry.publisher()
                                    .publish(writer, candidates.of("writer-" + i + "-" + commit, 0))
                                    .version());
                        }
                    } catch (StaleWriterException e) {
                        takenOver.incrementAndGet();
                    }
                }
                return mine;
            });
            reader.mustHaveSeenOnlyWholeVersions();

            assertGapless(model, published);
            assertThat(registry.catalog().versions(model, 1))
                    .extracting(StudentVersion::epoch)
                    .isSorted();
            assertThat(takenOver.get()).isPositive();
        }
    }

    @Test
    void givenOneWriterInSixteenThreads_whenAllPublish_thenNumbersAreGaplessAndReadersSeeNothingTorn()
            throws Exception {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "shared");

        try (Reader reader = new Reader(model)) {
            List<List<Long>> published = together(WRITERS, i -> IntStream.range(0, COMMITS)
                    .mapToObj(j -> registry.publisher()
                            .publish(writer, candidates.of("thread-" + i + " commit-" + j, 0))
                            .version())
                    .toList());
            reader.mustHaveSeenOnlyWholeVersions();

            assertGapless(model, published);
        }
    }

    private void assertGapless(String model, List<List<Long>> published) {
        List<Long> all = published.stream().flatMap(List::stream).sorted().toList();
        assertThat(all)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, all.size()).boxed().toList());
        List<StudentVersion> versions = registry.catalog().versions(model, 1);
        assertThat(versions).extracting(StudentVersion::version).containsExactlyElementsOf(all);
        TreeSet<String> keys = new TreeSet<>();
        for (StudentVersion version : versions) {
            candidates.contentOf(registry.reader(), version);
            assertThat(keys.add(version.blob(Artifact.STUDENT).key())).isTrue();
        }
        assertThat(registry.reader().require(model, "latest").version()).isEqualTo(all.size());
    }

    /** Fetches the latest version over and over. */
    private final class Reader implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final AtomicBoolean enough = new AtomicBoolean();
        private final Future<Long> looks;

        Reader(String model) {
            looks = thread.submit(() -> {
                long seen = 0;
                long count = 0;
                while (!enough.get()) {
                    StudentVersion latest =
                            registry.reader().resolve(model, "latest").orElse(null);
                    if (latest != null) {
                        assertThat(latest.version()).isGreaterThanOrEqualTo(seen);
                        seen = latest.version();
                        candidates.contentOf(registry.reader(), latest);
                        count++;
                    }
                }
                return count;
            });
        }

        void mustHaveSeenOnlyWholeVersions() throws Exception {
            enough.set(true);
            assertThat(looks.get()).isPositive();
        }

        @Override
        public void close() {
            enough.set(true);
            thread.shutdown();
        }
    }

    // ---- kill −9 -------------------------------------------------------------------------------------------------

    @Test
    void givenAPublisherThatIsKilledAtAnyCall_whenAnotherGoesOn_thenLatestLoadsAndNumbersAreGapless() {
        for (boolean after : new boolean[] {false, true}) {
            boolean finished = false;
            for (int k = 1; !finished; k++) {
                String model = line();
                registry.publisher()
                        .publish(registry.publisher().openWriter(model, "before"), candidates.of("before", 0));

                finished = killed(k, after, model);

                assertThat(candidates.contentOf(
                                registry.reader(), registry.reader().require(model, "latest")))
                        .isIn("before", "doomed");
                Writer fresh = registry.publisher().openWriter(model, "after");
                long highest = registry.catalog().versions(model, 1).size();
                assertThat(registry.reader().require(model, "latest").version()).isEqualTo(highest);
                StudentVersion next = registry.publisher().publish(fresh, candidates.of("after", highest));
                assertThat(next.version()).isEqualTo(highest + 1);
                assertThat(registry.reader().require(model, "latest")).isEqualTo(next);
                registry.catalog()
                        .versions(model, 1)
                        .forEach(version -> candidates.contentOf(registry.reader(), version));
                assertThat(k).isLessThan(100);
            }
        }
    }

    private boolean killed(int k, boolean after, String model) {
        try {
            ModelRegistry doomed = new ModelRegistry(new DyingStore(store, k, after), Clock.systemUTC());
            doomed.publisher().publish(doomed.publisher().openWriter(model, "doomed"), candidates.of("doomed", 1));
            return true;
        } catch (DyingStore.Killed e) {
            return false;
        }
    }

    // ---- tampering -----------------------------------------------------------------------------------------------

    @Test
    void givenAnyByteOfAnyObjectChanged_whenTheLineIsReadWithATrustFile_thenItIsRefused() {
        String model = line();
        SigningKey key = SigningKey.generate();
        TrustFile trust = TrustFile.of(List.of(key.publicKey()));
        ModelRegistry signing = new ModelRegistry(store, Clock.systemUTC(), Optional.of(key));
        Writer writer = signing.publisher().openWriter(model, "test");
        String much = "w".repeat(200);
        signing.publisher().publish(writer, candidates.of(much + 1, 0));
        signing.publisher().publish(writer, candidates.of(much + 2, 1));
        signing.aliases().point(model, "champion", 2, "ops", "it is good");
        signing.tags().put(model, 2, "night", Optional.of("yes"));
        signing.journal(model, "decisions").append(java.util.Map.of("kind", "PROMOTED"));
        signing.deltas().add(model, 1, 2).orElseThrow();
        TamperedStore copy = new TamperedStore(store, model + "/");
        ModelRegistry tampered = new ModelRegistry(copy, Clock.systemUTC());
        readEverything(tampered, model, trust);

        copy.objects().forEach((object, good) -> {
            // A writer's number is what counts; there is nothing to be read in it.
            for (int at = 0; !object.contains("/writers/") && at < good.length; at++) {
                good[at] ^= (byte) (1 << at % 8);
                assertThat(catchThrowable(() -> readEverything(tampered, model, trust)))
                        .as("byte %d of %s", at, object)
                        .isInstanceOf(RegistryException.class);
                good[at] ^= (byte) (1 << at % 8);
            }
        });

        readEverything(tampered, model, trust);
    }

    private static void readEverything(ModelRegistry from, String model, TrustFile trust) {
        from.catalog().aliases(model).keySet().forEach(alias -> {
            from.catalog().history(model, alias);
            from.catalog().pointers(model, alias).forEach(pointer -> pointer.distrust(trust)
                    .ifPresent(why -> {
                        throw new RegistryException(why);
                    }));
        });
        from.catalog().journal(model, "decisions").read(1);
        for (StudentVersion version : from.catalog().versions(model, 1)) {
            from.catalog().tags(model, version.version());
            from.reader().distrust(version, trust).ifPresent(why -> {
                throw new RegistryException(why);
            });
            from.reader().files().read(version);
        }
        for (DeltaRecord delta : from.reader().deltas().list(model)) {
            from.reader()
                    .deltas()
                    .apply(
                            delta,
                            from.reader().files().read(from.reader().require(model, String.valueOf(delta.from()))));
        }
    }

    @Test
    void givenPointersThatAreUnsignedForeignForgedOrMoved_whenTheTrustFileAsksForSignedOnes_thenEachIsRefused() {
        String model = line();
        SigningKey key = SigningKey.generate();
        SigningKey foreign = SigningKey.generate();
        TrustFile versionsOnly = TrustFile.of(List.of(key.publicKey()));
        TrustFile trust = versionsOnly.withSignedAliases(true);
        ModelRegistry signing = new ModelRegistry(store, Clock.systemUTC(), Optional.of(key));
        Writer writer = signing.publisher().openWriter(model, "test");
        signing.publisher().publish(writer, candidates.of("1", 0));
        signing.publisher().publish(writer, candidates.of("2", 1));
        signing.aliases().point(model, "champion", 1, "ops", "it is good");
        signing.aliases().point(model, "champion", 2, "ops", "it is better");
        registry.aliases().point(model, "unsigned", 2, "test", "");
        new ModelRegistry(store, Clock.systemUTC(), Optional.of(foreign))
                .aliases()
                .point(model, "foreign", 2, "test", "");
        TamperedStore copy = new TamperedStore(store, model + "/");
        ModelRegistry tampered = new ModelRegistry(copy, Clock.systemUTC());
        String pointer = model + "/aliases/champion/00000002.json";
        byte[] good = copy.objects().get(pointer);

        assertThat(tampered.reader().distrustAlias(model, "latest", trust)).isEmpty();
        assertThat(tampered.reader().distrustAlias(model, "champion", trust)).isEmpty();
        assertThat(tampered.reader().distrustAlias(model, "unsigned", versionsOnly))
                .isEmpty();
        assertThat(tampered.reader().distrustAlias(model, "unsigned", trust).orElseThrow())
                .contains("unsigned")
                .contains("not signed");
        assertThat(tampered.reader().distrustAlias(model, "foreign", trust).orElseThrow())
                .contains("not among the trusted ones");
        assertThat(registry.catalog().check(model, Optional.of(trust)).findings())
                .hasSize(2);
        for (int at = 0; at < good.length; at++) {
            copy.objects().put(pointer, good.clone());
            copy.objects().get(pointer)[at] ^= (byte) (1 << at % 8);
            assertThat(refusesChampion(tampered, model, trust))
                    .as("byte %d", at)
                    .isTrue();
        }
        copy.objects().put(pointer, forged(good));
        assertThat(tampered.reader().distrustAlias(model, "champion", trust).orElseThrow())
                .contains("does not fit it");
        copy.objects().put(pointer, copy.objects().get(model + "/aliases/champion/00000001.json"));
        assertThatThrownBy(() -> tampered.reader().current(model, "champion"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("somebody moved it");
    }

    private static boolean refusesChampion(ModelRegistry from, String model, TrustFile trust) {
        try {
            return from.reader().distrustAlias(model, "champion", trust).isPresent();
        } catch (RegistryException e) {
            return true;
        }
    }

    /** Another version under the old signature, with a seal that fits. */
    private static byte[] forged(byte[] pointer) {
        SealedJson.Opened opened = SealedJson.open(pointer, "pointer");
        opened.body().put("version", 1);
        Map<String, Object> body = new ObjectMapper().convertValue(opened.body(), new TypeReference<>() {});
        return SealedJson.seal(body, opened.signature());
    }

    @Test
    void givenAnyByteOfAFileChangedOrTheFileGone_whenFetched_thenItIsRefusedAndNothingStays() {
        String model = line();
        StudentVersion version =
                registry.publisher().publish(registry.publisher().openWriter(model, "test"), candidates.of("1", 0));
        for (Artifact artifact : Artifact.values()) {
            String key = version.blob(artifact).key();
            byte[] good = store.read(key).orElseThrow();
            Path target = directory.resolve("tampered-" + artifact.fileName());
            for (int at = 0; at < good.length; at++) {
                byte[] bad = good.clone();
                bad[at] ^= 1;
                replace(key, bad);

                assertThatThrownBy(() -> registry.reader().files().download(version, artifact, target))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining(artifact.fileName())
                        .hasMessageContaining("refused");
                assertThat(target).doesNotExist();
                assertThat(target.resolveSibling(target.getFileName() + ".part"))
                        .doesNotExist();
            }
            store.delete(key);
            assertThatThrownBy(() -> registry.reader().files().download(version, artifact, target))
                    .hasMessageContaining("is missing from the store");
            replace(key, good);
        }
    }

    @Test
    void givenAManifestMovedToAnotherNumber_whenResolved_thenItIsRefused() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        StudentVersion first = registry.publisher().publish(writer, candidates.of("1", 0));
        StudentVersion second = registry.publisher().publish(writer, candidates.of("2", 1));
        replace(
                BucketLayout.versions(second.model()).of(second.version()),
                store.read(BucketLayout.versions(first.model()).of(first.version()))
                        .orElseThrow());

        assertThatThrownBy(() -> registry.reader().resolve(model, "2"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("somebody moved it");
    }

    @Test
    void givenAManifestOfAnotherFormat_whenRead_thenTheSentenceNamesBothFormats() {
        byte[] future = SealedJson.seal(java.util.Map.of("format", 99), java.util.Optional.empty());

        assertThatThrownBy(() -> Manifest.read(future, "street/versions/00000001/manifest.json"))
                .hasMessage("The manifest street/versions/00000001/manifest.json is of format 99; this build reads"
                        + " format 2: update it.");
        assertThatThrownBy(() -> Manifest.read("{}".getBytes(StandardCharsets.UTF_8), "x"))
                .hasMessageContaining("The object x is damaged: it has no seal");
    }

    private void replace(String key, byte[] bytes) {
        store.delete(key);
        assertThat(store.create(key, bytes)).isTrue();
    }

    // ---- tags, retention, check ----------------------------------------------------------------------------------

    @Test
    void givenTagsSetTogether_whenRead_thenNoneIsLost() throws Exception {
        String model = line();
        registry.publisher().publish(registry.publisher().openWriter(model, "test"), candidates.of("1", 0));

        together(8, i -> {
            registry.tags().put(model, 1, "tag-" + i, Optional.of("value " + i));
            return i;
        });
        registry.tags().put(model, 1, "tag-0", Optional.empty());

        assertThat(registry.catalog().tags(model, 1)).hasSize(7).containsEntry("tag-7", "value 7");
        assertThatThrownBy(() -> registry.tags().put(model, 5, "x", Optional.of("y")))
                .hasMessageContaining("no version 5");
    }

    @Test
    void givenARetention_whenReaped_thenNewestEveryNthAndAliasedVersionsStayWholeAndFilesOfTheOthersGo() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        for (int i = 1; i <= 9; i++) {
            registry.publisher().publish(writer, candidates.of("student " + i, i - 1));
        }
        registry.aliases().point(model, "champion", 2, "test", "");
        RetentionPolicy policy = new RetentionPolicy(2, 4, RetentionPolicy.SHORTEST_GRACE);
        ReapReport plan = registry.reap(model, policy, true);

        ReapReport young = registry.reap(model, policy, false);
        ReapReport old = inTwoHours().reap(model, policy, false);

        assertThat(plan.versions()).containsExactly(1L, 3L, 5L, 6L, 7L);
        assertThat(young).isEqualTo(plan);
        assertThat(young.files())
                .as("files may be somebody's who publishes now")
                .isZero();
        assertThat(old.files()).isEqualTo(5 * Artifact.values().length);
        assertThat(registry.catalog().versions(model, 1))
                .extracting(StudentVersion::version)
                .containsExactly(2L, 4L, 8L, 9L);
        registry.catalog().versions(model, 1).forEach(version -> candidates.contentOf(registry.reader(), version));
        assertThat(registry.catalog().check(model, Optional.empty())).isEqualTo(new CheckReport(4, 12, List.of()));
        assertThat(registry.publisher()
                        .publish(writer, candidates.of("next", 9))
                        .version())
                .isEqualTo(10);
    }

    @Test
    void givenAReaperThatIsKilledAtAnyCall_whenAnotherFinishes_thenNothingNamedIsGone() {
        boolean finished = false;
        for (int k = 1; !finished; k++) {
            String model = line();
            Writer writer = registry.publisher().openWriter(model, "test");
            for (int i = 1; i <= 3; i++) {
                registry.publisher().publish(writer, candidates.of("student " + i, i - 1));
            }
            try {
                new ModelRegistry(new DyingStore(store, k, true), inTwoHoursClock())
                        .reap(model, RetentionPolicy.newest(1), false);
                finished = true;
            } catch (DyingStore.Killed e) {
                assertThat(registry.catalog().check(model, Optional.empty()).findings())
                        .as("after call %d", k)
                        .isEmpty();
            }
            inTwoHours().reap(model, RetentionPolicy.newest(1), false);

            assertThat(candidates.contentOf(registry.reader(), registry.reader().require(model, "latest")))
                    .isEqualTo("student 3");
            assertThat(store.list(model + "/blobs/")).hasSize(Artifact.values().length);
            assertThat(registry.catalog().check(model, Optional.empty()).findings())
                    .isEmpty();
        }
    }

    @Test
    void givenAPublisherThatWasKilled_whenReaped_thenItsFilesGoOnceTheyAreOld() {
        String model = line();
        registry.publisher().publish(registry.publisher().openWriter(model, "before"), candidates.of("before", 0));
        assertThat(killed(10, true, model)).isFalse();
        assertThat(store.list(model + "/blobs/")).hasSizeGreaterThan(3);

        inTwoHours().reap(model, RetentionPolicy.newest(5), false);

        assertThat(store.list(model + "/blobs/")).hasSize(3);
    }

    @Test
    void givenDamage_whenChecked_thenEachThingIsASentence() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        for (int i = 1; i <= 4; i++) {
            registry.publisher().publish(writer, candidates.of("student " + i, i - 1));
        }
        replace(registry.reader().require(model, "1").blob(Artifact.CARD).key(), new byte[1]);
        store.delete(
                registry.reader().require(model, "2").blob(Artifact.STUDENT).key());
        store.delete(BucketLayout.versions(model).of(3));
        registry.aliases().point(model, "champion", 4, "test", "");

        CheckReport report = registry.catalog()
                .check(
                        model,
                        Optional.of(TrustFile.of(List.of(SigningKey.generate().publicKey()))));

        assertThat(report.findings())
                .contains(
                        "student.json of " + model
                                + " version 1 is not the one its manifest names: its sha256 differs.",
                        "student.pt of " + model + " version 2 is missing.",
                        model + " has no version 3, and nobody removed it.",
                        model + " version 4 is not signed.");
    }

    @Test
    void givenASigningKey_whenPublishedAndRotated_thenVehiclesWithEitherTrustFileFollow() {
        String model = line();
        SigningKey old = SigningKey.generate();
        SigningKey next = SigningKey.generate();
        Writer writer = registry.publisher().openWriter(model, "test");
        TrustFile both = TrustFile.of(List.of(old.publicKey(), next.publicKey()));

        StudentVersion first = new ModelRegistry(store, Clock.systemUTC(), Optional.of(old))
                .publisher()
                .publish(writer, candidates.of("1", 0));
        StudentVersion second = new ModelRegistry(store, Clock.systemUTC(), Optional.of(next))
                .publisher()
                .publish(writer, candidates.of("2", 1));

        assertThat(registry.reader().distrust(first, both)).isEmpty();
        assertThat(registry.reader().distrust(second, both)).isEmpty();
        assertThat(registry.reader().distrust(first, TrustFile.of(List.of(next.publicKey()))))
                .hasValueSatisfying(why -> assertThat(why).contains("key " + old.id() + ", which is not among"));
    }

    @Test
    void givenDeltas_whenAChainIsChosen_thenItIsTheCheapestAndMakesTheLastVersionBitForBit() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        String long1 = "w".repeat(400) + new Random(1).ints(400).boxed().toList();
        for (int i = 1; i <= 4; i++) {
            registry.publisher().publish(writer, candidates.of(long1 + i, i - 1));
        }
        DeltaMaker maker = registry.deltas();
        DeltaReader deltas = registry.reader().deltas();
        for (long to = 2; to <= 4; to++) {
            maker.add(model, to - 1, to);
        }
        DeltaRecord jump = maker.add(model, 1, 3).orElseThrow();
        StudentVersion last = registry.reader().require(model, "4");

        List<DeltaRecord> chain = deltas.cheapestChain(1, last);

        assertThat(chain).hasSize(2).contains(jump);
        Map<Artifact, byte[]> files =
                registry.reader().files().read(registry.reader().require(model, "1"));
        for (DeltaRecord delta : chain) {
            files = deltas.apply(delta, files);
        }
        Map<Artifact, byte[]> made = files;
        registry.reader().files().read(last).forEach((artifact, bytes) -> assertThat(made.get(artifact))
                .isEqualTo(bytes));
        assertThat(maker.add(model, 1, 3)).contains(jump);
        assertThat(deltas.cheapestChain(4, registry.reader().require(model, "1")))
                .isEmpty();
    }

    @Test
    void givenADamagedOrForeignDelta_whenApplied_thenItIsRefused() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        String much = "w".repeat(900);
        StudentVersion first = registry.publisher().publish(writer, candidates.of(much + 1, 0));
        registry.publisher().publish(writer, candidates.of(much + 2, 1));
        registry.publisher().publish(writer, candidates.of(much + 3, 2));
        DeltaMaker maker = registry.deltas();
        DeltaReader deltas = registry.reader().deltas();
        DeltaRecord delta = maker.add(model, 1, 2).orElseThrow();
        byte[] good = store.read(delta.blob().key()).orElseThrow();

        assertThatThrownBy(() -> deltas.apply(
                        new DeltaRecord(model, 1, 3, delta.blob()),
                        registry.reader().files().read(first)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("from version 1 to 3");
        byte[] bad = good.clone();
        bad[bad.length / 2] ^= 4;
        replace(delta.blob().key(), bad);
        assertThatThrownBy(() -> deltas.apply(delta, registry.reader().files().read(first)))
                .hasMessageContaining("is damaged");
        store.delete(delta.blob().key());
        assertThatThrownBy(() -> deltas.apply(delta, registry.reader().files().read(first)))
                .hasMessageContaining("is missing");
    }

    @Test
    void givenDeltas_whenReaped_thenThoseOfVersionsThatStayStayAndTheOthersGo() {
        String model = line();
        Writer writer = registry.publisher().openWriter(model, "test");
        for (int i = 1; i <= 3; i++) {
            registry.publisher().publish(writer, candidates.of("w".repeat(900) + i, i - 1));
        }
        registry.deltas().add(model, 1, 2);
        DeltaRecord kept = registry.deltas().add(model, 2, 3).orElseThrow();

        inTwoHours().reap(model, RetentionPolicy.newest(2), false);

        assertThat(registry.reader().deltas().list(model)).containsExactly(kept);
        assertThat(store.list(model + "/blobs/")).hasSize(2 * Artifact.values().length + 1);
        assertThat(store.read(kept.blob().key())).isPresent();
    }

    private ModelRegistry inTwoHours() {
        return new ModelRegistry(store, inTwoHoursClock());
    }

    private static Clock inTwoHoursClock() {
        return Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    }

    // ---- threads -------------------------------------------------------------------------------------------------

    private interface Work<T> {
        T run(int i) throws Exception;
    }

    private static <T> List<T> together(int threads, Work<T> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> done : pool.invokeAll(IntStream.range(0, threads)
                    .<Callable<T>>mapToObj(i -> () -> work.run(i))
                    .toList())) {
                results.add(done.get());
            }
            return results;
        } finally {
            pool.shutdown();
        }
    }

    private static String line() {
        return "contract-" + UUID.randomUUID().toString().substring(0, 13);
    }
}
