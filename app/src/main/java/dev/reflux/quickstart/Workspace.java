package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;

/** The folder of a run: what it leaves for people at the top, what it works with underneath. */
public final class Workspace {

    static final String REGION = "us-east-1";
    static final String BUCKET = "reflux";

    private final Path out;

    private Workspace(Path out) {
        this.out = out;
    }

    /**
     * Opens a new folder, or one in which the same run was interrupted.
     *
     * @throws UsageException when the folder holds another run or a finished one
     */
    static Workspace open(QuickstartSettings settings) {
        Workspace workspace = new Workspace(settings.out());
        Path run = workspace.work("run.txt");
        try {
            Files.createDirectories(workspace.work(""));
            if (Files.exists(workspace.reportJson())) {
                throw new UsageException(
                        "The folder " + settings.out()
                                + " holds a finished run (see report.html); choose another --out, or add --fresh to start over.");
            }
            if (Files.exists(run) && !Files.readString(run).equals(settings.fingerprint())) {
                throw new UsageException("The folder " + settings.out()
                        + " holds an interrupted run of other settings (" + Files.readString(run)
                        + "); repeat those, choose another --out, or add --fresh to start over.");
            }
            if (!Files.exists(run)) {
                whole(run, part -> writeString(part, settings.fingerprint()));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UsageException("The folder " + settings.out() + " cannot be written; choose another --out.", e);
        }
        return workspace;
    }

    /** Makes a file that is there whole or not at all, whenever the process is killed. */
    static void whole(Path file, Consumer<Path> write) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        write.accept(part);
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeString(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes what a quickstart left in a folder, and nothing else. */
    public static void clear(Path out) {
        for (String name : List.of("work", "store", "vehicle", "logs", "trust.json", "report.json", "report.html")) {
            Path path = out.resolve(name);
            if (!Files.exists(path)) {
                continue;
            }
            try (var walk = Files.walk(path)) {
                for (Path file :
                        walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Path reportJson() {
        return out.resolve("report.json");
    }

    Path reportHtml() {
        return out.resolve("report.html");
    }

    /** Pulled students, as on a vehicle. */
    Path vehicle() {
        return out.resolve("vehicle");
    }

    /** The public half of the run's signing key, as vehicles get it. */
    Path trust() {
        return out.resolve("trust.json");
    }

    /** The key with which the trainer of this run signs, made at its first use. */
    Path signingKey() {
        Path file = work("signing.key");
        if (!Files.exists(file)) {
            try {
                Path part = work("signing.key.part");
                Files.deleteIfExists(part);
                SigningKey key = SigningKey.generate();
                key.write(part);
                TrustFile.of(List.of(key.publicKey())).write(trust());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return file;
    }

    /** The files of the S3 store. */
    Path store() {
        return out.resolve("store");
    }

    /** How the registry is reached in a store that runs on {@link #store}. */
    static StoreSettings storeSettings(EmbeddedS3 store) {
        return new StoreSettings(store.endpoint(), REGION, BUCKET, store.accessKey(), store.secretKey());
    }

    Path work(String name) {
        return out.resolve("work").resolve(name);
    }
}
