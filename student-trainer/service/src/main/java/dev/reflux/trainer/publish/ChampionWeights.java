package dev.reflux.trainer.publish;

import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import dev.reflux.torch.TorchRuntime;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.trainer.update.HoldoutBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores the champion's weights on the present holdout. They are fetched once for each champion. A champion that cannot be
 * had is no reason not to publish: the gate then compares with the scores of its manifest. The training thread only.
 */
final class ChampionWeights {

    private static final Logger LOG = LoggerFactory.getLogger(ChampionWeights.class);

    private final ModelRegistry registry;
    private final String model;
    private long fetched;
    private byte[] weights = new byte[0];

    ChampionWeights(ModelRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
    }

    Optional<HoldoutScores.Champion> score(TorchRuntime runtime, SegmentationModel student, HoldoutBuffer holdout) {
        if (holdout.samples().isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<Long> champion = registry.reader()
                    .current(model, AliasNames.CHAMPION)
                    .map(AliasChange::version)
                    .filter(this::has);
            return champion.map(
                    version -> new HoldoutScores.Champion(version, holdout.score(runtime, student, weights)));
        } catch (StoreException | RegistryException | IllegalArgumentException | UncheckedIOException e) {
            LOG.warn(
                    "The champion of {} cannot be scored on the present holdout, so the gate compares with its own scores: {}",
                    model,
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Fetches the weights of a version, unless they are here or the version has been reaped. */
    private boolean has(long version) {
        if (version != fetched) {
            Optional<StudentVersion> found = registry.reader().resolve(model, String.valueOf(version));
            if (found.isEmpty()) {
                return false;
            }
            weights = fetch(found.get());
            fetched = version;
        }
        return true;
    }

    private byte[] fetch(StudentVersion version) {
        try {
            Path folder = Files.createTempDirectory("reflux-champion");
            Path file = folder.resolve(Artifact.WEIGHTS.fileName());
            try {
                registry.reader().files().download(version, Artifact.WEIGHTS, file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
