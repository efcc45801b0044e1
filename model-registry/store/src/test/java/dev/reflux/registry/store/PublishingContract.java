package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Publication: numbers without gaps, one writer at a time, and what a publication costs. */
abstract class PublishingContract extends RegistryBed {

    private static final int WRITERS = 16;

    /** Of each writer. Continuous integration has no time for more than a few; docs/registry.md says how to run 200. */
    private static final int COMMITS = Integer.getInteger("reflux.registry.commits", 6);

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
}
