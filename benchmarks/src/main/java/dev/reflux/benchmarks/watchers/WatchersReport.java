package dev.reflux.benchmarks.watchers;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.benchmarks.report.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Renders a result as Markdown and as watchers.json. */
public final class WatchersReport {

    private WatchersReport() {}

    /** Returns the result as Markdown. */
    public static String text(WatchersResult result) {
        return result.machine() + "\n" + result.longPolls() + " long-polls and " + result.streams()
                + " event streams at one registry with a heap of " + result.heapMib()
                + " MiB, which asks the store each "
                + result.pollMillis() + " ms\n\n"
                + new Table("figure", "value")
                        .row("heap a watcher, kB", format(result.heapPerWatcher() / 1e3))
                        .row("resident memory a watcher, kB", format(result.residentPerWatcher() / 1e3))
                        .row("change received by the first, ms", format(result.firstMillis()))
                        .row("by half of them, ms", format(result.medianMillis()))
                        .row("by 99 %, ms", format(result.p99Millis()))
                        .row("by all, ms", format(result.lastMillis()))
                        .row("from the first to the last, ms", format(result.lastMillis() - result.firstMillis()));
    }

    /** Writes watchers.json and watchers.md into a folder. */
    public static void write(WatchersResult result, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve("watchers.json"),
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(result));
            Files.writeString(folder.resolve("watchers.md"), text(result));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
