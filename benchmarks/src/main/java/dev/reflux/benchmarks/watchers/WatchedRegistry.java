package dev.reflux.benchmarks.watchers;

import dev.reflux.registry.store.StoreSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A registry in a JVM of its own. Not thread-safe. */
final class WatchedRegistry implements AutoCloseable {

    private static final int END_SECONDS = 20;

    private final Process process;
    private final PrintWriter in;
    private final BufferedReader out;
    private final int port;

    /** Bytes of the heap after a collection, and of the process. */
    record Memory(long heap, long resident) {}

    private WatchedRegistry(Process process, PrintWriter in, BufferedReader out, int port) {
        this.process = process;
        this.in = in;
        this.out = out;
        this.port = port;
    }

    /** @param heapMib -Xmx of the registry's JVM, in MiB */
    static WatchedRegistry start(StoreSettings store, Path tokens, long pollMillis, int most, int heapMib)
            throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-Xmx" + heapMib + "m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WatchedRegistryMain.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        PrintWriter in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in.println(store.endpoint());
        in.println(store.bucket());
        in.println(store.accessKey());
        in.println(store.secretKey());
        in.println(tokens);
        in.println(pollMillis);
        in.println(most);
        String said = out.readLine();
        if (said == null || !said.matches("\\d+")) {
            process.destroyForcibly();
            throw new IOException("the watched registry did not start: " + said);
        }
        return new WatchedRegistry(process, in, out, Integer.parseInt(said));
    }

    int port() {
        return port;
    }

    Memory memory() throws IOException {
        in.println("memory");
        String said = out.readLine();
        if (said == null) {
            throw new IOException("the watched registry ended, probably because its heap is too small");
        }
        String[] parts = said.split(" ");
        return new Memory(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    @Override
    public void close() {
        in.close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
