package dev.reflux.quickstart;

import dev.reflux.registry.server.Role;
import dev.reflux.registry.server.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The files that the services of {@code dev up} read. They lie in the folder of the run. */
final class DevConfiguration {

    private final Path folder;

    DevConfiguration(Workspace workspace) {
        this.folder = workspace.work("config").toAbsolutePath();
    }

    Path teacher() {
        return folder.resolve("teacher.yaml");
    }

    Path trainer() {
        return folder.resolve("trainer.yaml");
    }

    Path storeSecretKey() {
        return folder.resolve("store-secret-key");
    }

    /** Returns the file with the hashes of the registry's tokens. */
    Path tokens() {
        return folder.resolve("tokens.json");
    }

    /** Returns the file with the token of the user. */
    Path token() {
        return folder.resolve("token");
    }

    /** Writes every file. A token that an earlier run made stays valid. */
    void write(DevSettings settings, RunPlan plan, Workspace workspace, DevEndpoints endpoints, Path head) {
        // Teachers and trainer share the cores: more threads than cores would only wait for each other.
        int half = Math.max(1, settings.path().threads() / 2);
        try {
            Files.createDirectories(folder);
            ConfigurationFile.write(
                    teacher(),
                    teacher(plan.teacherOverrides(endpoints.brokers(), head, workspace), half / settings.teachers()));
            ConfigurationFile.write(
                    trainer(),
                    trainer(
                            plan.trainerOverrides(endpoints.brokers(), endpoints.bucket(), workspace),
                            half,
                            endpoints));
            ConfigurationFile.writeSecret(storeSecretKey(), endpoints.bucket().secretKey());
            if (!Files.exists(token())) {
                ConfigurationFile.writeSecret(token(), Tokens.add(tokens(), "dev", Role.ADMIN));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> teacher(Map<String, String> overrides, int threads) {
        Map<String, String> settings = new HashMap<>(overrides);
        // Each teacher has its own, on its command line.
        settings.remove("teacher.kafka.transactional-id");
        settings.remove("teacher.health.port");
        settings.put("teacher.compute.threads", String.valueOf(Math.max(1, threads)));
        settings.put("teacher.compute.decode-threads", "1");
        return settings;
    }

    private Map<String, String> trainer(Map<String, String> overrides, int threads, DevEndpoints endpoints) {
        Map<String, String> settings = new HashMap<>(overrides);
        settings.remove("trainer.store.secret-key");
        settings.put("trainer.store.secret-key-file", storeSecretKey().toString());
        settings.put("trainer.compute.threads", String.valueOf(threads));
        settings.put("trainer.health.port", String.valueOf(endpoints.trainerHealth()));
        return settings;
    }
}
