package dev.reflux.fleet.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.fleet.pull.PulledStudent;
import dev.reflux.fleet.pull.StudentPuller;
import dev.reflux.fleet.pull.VehicleBed;
import dev.reflux.registry.client.HttpObjectSource;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.server.HttpSettings;
import dev.reflux.registry.server.RegistryMain;
import dev.reflux.registry.server.RegistryServer;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

// A watch survives what fails: the test must not wait for it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VersionFollowerTest extends VehicleBed {

    private static final WatchPace QUICK =
            new WatchPace(Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofMillis(5));

    @Test
    void givenAVehicleWithATokenAndNoKeys_whenItFollowsAndPullsOverHttp_thenItGetsEachStudent() throws IOException {
        publish("first");
        Path tokens = directory.resolve("tokens.json");
        String token = Tokens.add(tokens, "car", Role.READER);
        List<String> inUse = new ArrayList<>();
        try (ObjectStore bucket = MinioStore.open(settings());
                RegistryServer server = RegistryMain.start(bucket, HttpSettings.loopback(Tokens.read(tokens)));
                RegistryReader remote = new RegistryReader(new HttpObjectSource(server.address(), token))) {
            StudentPuller puller = new StudentPuller(remote, MODEL, directory.resolve("vehicle"), PullPolicy.DEFAULT);

            new HttpVersionFollower(server.address(), token, MODEL, "latest").follow(version -> {
                PulledStudent student = puller.pull(String.valueOf(version));
                inUse.add(read(student.file()));
                if (version == 1) {
                    publish("second");
                }
                return version < 2;
            });
        }

        assertThat(inUse).containsExactly("first", "second");
    }

    @Test
    void givenAnInterval_whenVersionsAppear_thenEachIsReported() throws IOException {
        publish("first");
        List<Long> reported = new ArrayList<>();

        new PollingVersionFollower(registry.reader(), MODEL, "latest", Duration.ofMillis(5)).follow(version -> {
            reported.add(version);
            if (version == 1) {
                publish("second");
            }
            return version < 2;
        });

        assertThat(reported).containsExactly(1L, 2L);
    }

    @Test
    void givenALongInterval_whenToldToLookNow_thenTheNewVersionIsReportedAtOnce() throws Exception {
        publish("first");
        List<Long> reported = new CopyOnWriteArrayList<>();
        PollingVersionFollower follower =
                new PollingVersionFollower(registry.reader(), MODEL, "latest", Duration.ofHours(1), state -> {}, QUICK);
        Thread watch = new Thread(() -> follower.follow(version -> {
            reported.add(version);
            return version < 2;
        }));
        watch.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> reported.equals(List.of(1L)));
        publish("second");

        follower.lookNow();

        watch.join(30_000);
        assertThat(reported).containsExactly(1L, 2L);
    }

    @Test
    void givenAVersionThatCannotBePulledAtFirst_whenTheAliasIsReadAtAnInterval_thenItIsReportedAgain() {
        publish("first");
        List<Long> reported = new ArrayList<>();

        new PollingVersionFollower(registry.reader(), MODEL, "latest", Duration.ofMillis(5), state -> {}, QUICK)
                .follow(version -> {
                    reported.add(version);
                    if (reported.size() == 1) {
                        throw new StoreException("The store is away.", new IOException());
                    }
                    return false;
                });

        assertThat(reported).containsExactly(1L, 1L);
    }

    @Test
    void givenAVersionThatCannotBePulledAtFirst_whenFollowedOverHttp_thenItIsReportedAgain() throws IOException {
        publish("first");
        Path tokens = directory.resolve("tokens.json");
        String token = Tokens.add(tokens, "car", Role.READER);
        List<Long> reported = new ArrayList<>();
        try (ObjectStore bucket = MinioStore.open(settings());
                RegistryServer server = RegistryMain.start(bucket, HttpSettings.loopback(Tokens.read(tokens)))) {

            new HttpVersionFollower(server.address(), token, MODEL, "latest", state -> {}, QUICK).follow(version -> {
                reported.add(version);
                if (reported.size() == 1) {
                    throw new StoreException("The store is away.", new IOException());
                }
                return false;
            });
        }

        assertThat(reported).containsExactly(1L, 1L);
    }

    @Test
    void givenAStoreThatIsGoneAtFirst_whenItsAliasIsFollowed_thenTheStudentComesWhenItIsBack() throws Exception {
        publish("first");
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        var port = store.endpoint();
        store.close();
        List<WatchState> states = new CopyOnWriteArrayList<>();
        PollingVersionFollower follower = new PollingVersionFollower(
                registry.reader(), MODEL, "latest", Duration.ofMillis(5), states::add, QUICK);
        Thread watch = new Thread(
                () -> follower.follow(version -> puller.pull("latest").version() < 1));

        watch.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> follower.state().phase() == WatchState.Phase.AWAY);
        store = EmbeddedS3.start(directory.resolve("store"), port.getPort());
        watch.join(30_000);

        assertThat(watch.isAlive()).isFalse();
        assertThat(directory.resolve("vehicle/current/student.pt")).hasContent("first");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
