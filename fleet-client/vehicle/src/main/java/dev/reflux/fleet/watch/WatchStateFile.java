package dev.reflux.fleet.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the state of a watch in a file, for whoever supervises the vehicle: {@code {"failures":0,"phase":"FOLLOWING",…}}. It is
 * replaced by one rename at each change. A file that cannot be written stops nothing. One thread.
 */
public final class WatchStateFile implements Consumer<WatchState> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchStateFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private boolean said;

    /** Creates a keeper, which writes at the first change. */
    public WatchStateFile(Path file) {
        this.file = file;
    }

    @Override
    public void accept(WatchState state) {
        Map<String, Object> content = new TreeMap<>(Map.of(
                "phase", state.phase().name(),
                "since", state.since().toString(),
                "version", state.version(),
                "failures", state.failures(),
                "sentence", state.sentence()));
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, JSON.writeValueAsBytes(content));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            said = false;
        } catch (IOException e) {
            if (!said) {
                LOG.warn("The state of the watch cannot be written to {} ({}).", file, e.getMessage());
            }
            said = true;
        }
    }
}
