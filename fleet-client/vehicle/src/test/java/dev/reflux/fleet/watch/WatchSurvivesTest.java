package dev.reflux.fleet.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.RefusedStudentException;
import dev.reflux.registry.client.AliasLongPoll.Target;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A watch ends by its own stop, and by nothing else. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchSurvivesTest {

    @TempDir
    private Path directory;

    private static final WatchPace QUICK =
            new WatchPace(Duration.ofMillis(1), Duration.ofMillis(8), Duration.ofMillis(30), Duration.ofMillis(1));

    static Stream<Throwable> failures() {
        return Stream.of(
                new StoreException("The store answered 503.", new IOException()),
                new UncheckedIOException("The disk is full.", new IOException()),
                new RegistryException("The object is damaged."),
                new UsageException("The token is not known."),
                new RefusedStudentException(RefusedStudentException.Reason.DOWNGRADE, "It is older."),
                new IllegalStateException("a defect"),
                new OutOfMemoryError("too much"),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void givenAQuestionThatFailsAFewTimes_whenFollowed_thenTheVersionIsReportedAfterwards(Throwable failure) {
        AtomicInteger asked = new AtomicInteger();
        List<Long> reported = new ArrayList<>();
        WatchLoop loop = new WatchLoop(
                (known, most) -> {
                    if (asked.incrementAndGet() <= 3) {
                        throw sneaky(failure);
                    }
                    return Optional.of(new Target(1, 7));
                },
                QUICK,
                state -> {});

        loop.follow(version -> !reported.add(version));

        assertThat(reported).containsExactly(7L);
        assertThat(asked).hasValueGreaterThan(3);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void givenAReceiverThatFailsAFewTimes_whenTheAliasStays_thenTheVersionIsReportedAgain(Throwable failure) {
        List<Long> reported = new ArrayList<>();
        WatchLoop loop = new WatchLoop(steady(new Target(1, 7)), QUICK, state -> {});

        loop.follow(version -> {
            reported.add(version);
            if (reported.size() <= 3) {
                throw sneaky(failure);
            }
            return false;
        });

        assertThat(reported).containsExactly(7L, 7L, 7L, 7L);
    }

    @Test
    void givenARefusedVersion_whenTheAliasMoves_thenTheNewOneIsReportedAtOnce() {
        WatchPace patient =
                new WatchPace(Duration.ofMillis(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(1));
        List<Long> reported = new ArrayList<>();
        WatchLoop loop = new WatchLoop(
                (known, most) -> Optional.of(reported.isEmpty() ? new Target(1, 7) : new Target(2, 8)),
                patient,
                state -> {});

        loop.follow(version -> {
            reported.add(version);
            if (version == 7) {
                throw new RefusedStudentException(RefusedStudentException.Reason.DAMAGED, "It is damaged.");
            }
            return false;
        });

        assertThat(reported).containsExactly(7L, 8L);
    }

    @Test
    void givenFailuresOfTwoKinds_whenTheyRepeat_thenEachIsLoggedOnceAndTheStateHasTheLast() {
        List<WatchState> states = new CopyOnWriteArrayList<>();
        AtomicInteger asked = new AtomicInteger();
        RecordingLogger log = new RecordingLogger();
        WatchLoop loop = new WatchLoop(
                (known, most) -> {
                    int n = asked.incrementAndGet();
                    if (n <= 20) {
                        throw new StoreException(
                                "The store " + (n % 2 == 0 ? "is away" : "answered 503") + " after " + n + " ms.",
                                new IOException());
                    }
                    return Optional.of(new Target(1, 7));
                },
                QUICK,
                states::add,
                log);

        loop.follow(version -> false);

        assertThat(log.lines(Level.WARN)).hasSize(2);
        assertThat(log.lines(Level.WARN).get(0))
                .isEqualTo("The store answered 503 after 1 ms. It is tried again within 0 s.");
        assertThat(states).anySatisfy(state -> {
            assertThat(state.phase()).isEqualTo(WatchState.Phase.AWAY);
            assertThat(state.sentence()).isEqualTo("The store is away after 20 ms.");
            assertThat(state.failures()).isEqualTo(20);
        });
        assertThat(states.get(states.size() - 1).phase()).isEqualTo(WatchState.Phase.STOPPED);
    }

    @Test
    void givenFailuresWithoutEnd_whenCounted_thenThePausesGrowToTheirBoundAndDifferFromEachOther() {
        WatchPace pace = new WatchPace(
                Duration.ofSeconds(2), Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(1));
        Trouble trouble = new Trouble(
                LoggerFactory.getLogger(WatchSurvivesTest.class), pace, java.util.random.RandomGenerator.getDefault());
        StoreException failure = new StoreException("Away.", new IOException());

        List<Duration> pauses =
                Stream.generate(() -> trouble.failed(failure, "")).limit(40).toList();

        assertThat(pauses.get(0)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(pauses.get(3)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
        assertThat(pauses.subList(10, 40))
                .allSatisfy(pause -> assertThat(pause).isBetween(Duration.ofSeconds(150), Duration.ofMinutes(5)))
                .doesNotHaveDuplicates();
    }

    @Test
    void givenTheDefaults_whenRead_thenTheyAreTheDocumentedOnes() {
        assertThat(WatchPace.DEFAULT)
                .isEqualTo(new WatchPace(
                        Duration.ofSeconds(2), Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(1)));
    }

    @Test
    void givenAServerThatAnswersAtOnceWithNothing_whenFollowed_thenItIsNotAskedAtOnceAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        WatchPace idle =
                new WatchPace(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(200));
        WatchLoop loop = new WatchLoop(
                (known, most) -> {
                    asked.incrementAndGet();
                    return Optional.empty();
                },
                idle,
                state -> {});
        Thread watch = new Thread(() -> loop.follow(version -> true));

        long begun = System.nanoTime();
        watch.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> asked.get() >= 4);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(500));
        watch.interrupt();
        watch.join(10_000);

        assertThat(watch.isAlive()).isFalse();
        assertThat(loop.state().phase()).isEqualTo(WatchState.Phase.STOPPED);
    }

    @Test
    void givenAStateFile_whenTheStateChanges_thenTheFileIsTheLastOneWhole() throws IOException {
        Path file = directory.resolve("watch.json");
        WatchStateFile keeper = new WatchStateFile(file);

        keeper.accept(new WatchState(
                WatchState.Phase.AWAY, java.time.Instant.parse("2026-03-01T12:00:00Z"), 4, 2, "It is away."));

        assertThat(Files.readString(file))
                .isEqualTo("{\"failures\":2,\"phase\":\"AWAY\",\"sentence\":\"It is away.\","
                        + "\"since\":\"2026-03-01T12:00:00Z\",\"version\":4}");
    }

    private static WatchLoop.Question steady(Target target) {
        return (known, most) -> known == target.number() ? Optional.empty() : Optional.of(target);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable failure) throws E {
        throw (E) failure;
    }
}
