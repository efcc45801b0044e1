package dev.reflux.benchmarks.watchers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.benchmarks.report.Machine;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import dev.reflux.registry.store.CandidateStudent;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Measures the memory of each vehicle that watches an alias of one small registry, and the time until all of them receive
 * a change. Half of the vehicles use long-polls and half event streams. All traffic is on loopback.
 */
public final class WatchersBench {

    private static final String MODEL = "student";
    private static final String LATEST = "/v1/models/" + MODEL + "/aliases/latest";
    private static final int AT_ONCE = 250;
    private static final int PATIENCE_SECONDS = 60;
    private static final long LOOK_MILLIS = 10;
    private static final long LOOK_NANOS = LOOK_MILLIS * 1_000_000;
    private static final int WARM_UP = 200;
    private static final double P99 = 0.99;

    private final Path folder;
    private final int watchers;
    private final int heapMib;
    private final long pollMillis;
    private final Consumer<String> progress;

    /**
     * @param folder an empty folder for the store
     * @param watchers number of watchers; each needs one open file here and one in the registry's JVM
     * @param heapMib -Xmx of the registry's JVM, in MiB
     */
    public WatchersBench(Path folder, int watchers, int heapMib, long pollMillis, Consumer<String> progress) {
        this.folder = folder;
        this.watchers = watchers;
        this.heapMib = heapMib;
        this.pollMillis = pollMillis;
        this.progress = progress;
    }

    /** @throws IOException if the registry's JVM ends, or a watcher is not served in time */
    public WatchersResult run() throws IOException {
        Path tokens = folder.resolve("tokens.json");
        String token = Tokens.add(tokens, "vehicle", Role.READER);
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.resolve("store"))) {
            StoreSettings store =
                    new StoreSettings(s3.endpoint(), "us-east-1", "reflux", s3.accessKey(), s3.secretKey());
            try (ModelRegistry registry = ModelRegistry.open(store)) {
                publish(registry);
                progress.accept("starting a registry with a heap of " + heapMib + " MiB");
                try (WatchedRegistry watched =
                        WatchedRegistry.start(store, tokens, pollMillis, watchers + WARM_UP, heapMib)) {
                    return measure(registry, watched, token);
                }
            }
        }
    }

    private WatchersResult measure(ModelRegistry registry, WatchedRegistry watched, String token) throws IOException {
        try (Watchers few = new Watchers(watched.port(), token, LATEST)) {
            open(few, WARM_UP, change(registry), watched);
            announce(registry, few);
        }
        awaitWatchers(watched, 0, () -> LockSupport.parkNanos(LOOK_NANOS));
        WatchedRegistry.Memory before = watched.memory();
        try (Watchers all = new Watchers(watched.port(), token, LATEST)) {
            open(all, watchers, change(registry), watched);
            WatchedRegistry.Memory with = watched.memory();
            progress.accept("announcing to " + watchers);
            List<Long> latencies = announce(registry, all);
            return new WatchersResult(
                    Machine.here(),
                    heapMib,
                    pollMillis,
                    watchers - watchers / 2,
                    watchers / 2,
                    (double) (with.heap() - before.heap()) / watchers,
                    (double) (with.resident() - before.resident()) / watchers,
                    millis(latencies.get(0)),
                    millis(latencies.get(latencies.size() / 2)),
                    millis(latencies.get((int) (latencies.size() * P99))),
                    millis(latencies.get(latencies.size() - 1)));
        }
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    private static long change(ModelRegistry registry) {
        return registry.reader().current(MODEL, AliasNames.LATEST).orElseThrow().number();
    }

    /** Opens watchers in groups, because the backlog of connections is bounded. */
    private void open(Watchers to, int count, long after, WatchedRegistry watched) throws IOException {
        while (to.size() < count) {
            for (int i = 0; i < AT_ONCE && to.size() < count; i++) {
                if (to.size() % 2 == 0) {
                    to.longPoll(after);
                } else {
                    to.stream();
                }
            }
            // Data that arrives meanwhile, such as the first event of a stream, is discarded.
            awaitWatchers(watched, to.size(), () -> to.listen(LOOK_MILLIS, Long.MAX_VALUE, 0, new ArrayList<>()));
            if (to.size() % 1000 == 0) {
                progress.accept(to.size() + " of " + count + " are watching");
            }
        }
    }

    private interface Meanwhile {
        void run() throws IOException;
    }

    private static void awaitWatchers(WatchedRegistry watched, int count, Meanwhile meanwhile) throws IOException {
        URI health = URI.create("http://127.0.0.1:" + watched.port() + "/healthz");
        long until = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        int there = -1;
        while (there != count) {
            if (System.nanoTime() > until) {
                throw new IOException("of " + count + " watchers " + there + " are connected after " + PATIENCE_SECONDS
                        + " s; try fewer");
            }
            meanwhile.run();
            JsonNode said = new ObjectMapper().readTree(health.toURL());
            there = said.path("watchers").asInt();
        }
    }

    private static List<Long> announce(ModelRegistry registry, Watchers to) throws IOException {
        long next = change(registry) + 1;
        registry.aliases().point(MODEL, AliasNames.LATEST, 1, "bench", "announcement " + next);
        long moved = System.nanoTime();
        long until = moved + PATIENCE_SECONDS * 1_000_000_000L;
        List<Long> latencies = new ArrayList<>();
        while (latencies.size() < to.size()) {
            if (System.nanoTime() > until) {
                throw new IOException(
                        "only " + latencies.size() + " of " + to.size() + " watchers received the change");
            }
            to.listen(100, next, moved, latencies);
        }
        Collections.sort(latencies);
        return latencies;
    }

    private void publish(ModelRegistry registry) throws IOException {
        Map<Artifact, Path> files = new EnumMap<>(Artifact.class);
        for (Artifact artifact : Artifact.values()) {
            files.put(artifact, Files.writeString(folder.resolve(artifact.fileName()), artifact.fileName()));
        }
        registry.publisher()
                .publish(
                        registry.publisher().openWriter(MODEL, "bench"),
                        new CandidateStudent(
                                files,
                                new Lineage(0, "none", "none", "synthetic-9", Map.of(), 0, 0),
                                Map.of(),
                                Map.of()));
    }
}
