package dev.reflux.fleet.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.fleet.pull.RefusedStudentException.Reason;
import dev.reflux.registry.format.AliasPointer;
import dev.reflux.registry.format.SealedJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The newest record of each alias that the vehicle has seen. A signed record stays good for ever: only its number tells a
 * record that is in force from one that was replayed.
 *
 * <pre>
 * aliases.json    {"champion":{"body":"SHA-256 of what was signed","number":7}}
 * </pre>
 *
 * The file is on the disk before a record is acted upon, and is replaced by one rename. One caller at a time.
 */
final class SeenAliases {

    static final String FILE = "aliases.json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 1 << 20;

    private final Path root;
    private final Path file;

    SeenAliases(Path root) {
        this.root = root;
        this.file = root.resolve(FILE);
    }

    /**
     * Remembers a record, whose signature was verified.
     *
     * @throws RefusedStudentException when a newer one was seen, or another one of the same number
     * @throws UsageException when the file is damaged
     */
    void accept(AliasPointer pointer) {
        ObjectNode all = read();
        JsonNode last = all.path(pointer.alias());
        long seen = last.path("number").asLong();
        long number = pointer.change().number();
        String body = Sha256.hex(SealedJson.canonical(pointer.body()));
        if (number < seen) {
            throw refused(pointer, "record " + number + ", but this vehicle has seen record " + seen);
        }
        if (number > seen) {
            all.set(
                    pointer.alias(),
                    JSON.createObjectNode().put("number", number).put("body", body));
            write(all);
        } else if (!last.path("body").asText().equals(body)) {
            throw refused(pointer, "another record " + number + " than the one that this vehicle has seen");
        }
    }

    private RefusedStudentException refused(AliasPointer pointer, String by) {
        return new RefusedStudentException(
                Reason.REPLAYED_ALIAS,
                "The alias " + pointer.alias() + " of " + pointer.model() + " points at version "
                        + pointer.change().version() + " by " + by
                        + ": it was replayed or deleted, and is refused; if the registry was restored on purpose, remove "
                        + file + ".");
    }

    private ObjectNode read() {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (JSON.readTree(bytes) instanceof ObjectNode all) {
                for (JsonNode seen : all) {
                    if (!seen.path("number").canConvertToLong()
                            || seen.path("number").asLong() < 1
                            || !seen.path("body").isTextual()) {
                        throw damaged(null);
                    }
                }
                return all;
            }
            throw damaged(null);
        } catch (NoSuchFileException e) {
            return JSON.createObjectNode();
        } catch (IOException e) {
            throw damaged(e);
        }
    }

    private UsageException damaged(@Nullable IOException cause) {
        String sentence =
                "The file " + file + " cannot be read, which says what records of the aliases this vehicle has"
                        + " seen; remove it to take the aliases as they stand now.";
        return cause == null ? new UsageException(sentence) : new UsageException(sentence, cause);
    }

    private void write(ObjectNode all) {
        Path part = root.resolve(FILE + ".part");
        try {
            try (FileChannel out = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(all));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel folder = FileChannel.open(root, StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be written (" + e.getMessage() + ").", e);
        }
    }
}
