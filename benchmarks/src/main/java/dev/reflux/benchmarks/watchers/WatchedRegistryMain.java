package dev.reflux.benchmarks.watchers;

import dev.reflux.registry.server.HttpSettings;
import dev.reflux.registry.server.RegistryMain;
import dev.reflux.registry.server.RegistryServer;
import dev.reflux.registry.server.Tokens;
import dev.reflux.registry.store.MinioStore;
import dev.reflux.registry.store.ObjectStore;
import dev.reflux.registry.store.StoreSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The main class of the watched JVM. Reads its settings from the first lines of input (endpoint, bucket, access key, secret key,
 * token file, poll in milliseconds, most watchers), prints its port, and answers each further line with its heap after a
 * collection and its resident memory, in bytes. Ends with its input.
 */
final class WatchedRegistryMain {

    private WatchedRegistryMain() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StoreSettings settings =
                new StoreSettings(URI.create(in.readLine()), "us-east-1", in.readLine(), in.readLine(), in.readLine());
        Tokens tokens = Tokens.read(Path.of(in.readLine()));
        Duration poll = Duration.ofMillis(Long.parseLong(in.readLine()));
        int most = Integer.parseInt(in.readLine());
        HttpSettings http = new HttpSettings(
                "127.0.0.1",
                0,
                tokens,
                Optional.empty(),
                Optional.empty(),
                poll,
                most,
                poll,
                HttpSettings.RECEIVE_WITHIN);
        try (ObjectStore store = MinioStore.open(settings);
                RegistryServer server = RegistryMain.start(store, http)) {
            System.out.println(server.address().getPort());
            while (in.readLine() != null) {
                System.out.println(usedHeap() + " " + resident());
            }
        }
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        // A collection frees objects that the previous one finalized, so it is repeated until two results agree.
        for (int i = 0; i < 5; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }

    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return 1024
                * Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0);
    }
}
