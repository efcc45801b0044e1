package dev.reflux.registry.store;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A student to publish.
 *
 * @param files the file of every artifact
 * @param lineage the origin
 * @param metrics what the trainer measured, such as holdout.miou
 * @param config the settings of the training
 * @param fates the file that says what became of each sample since the parent; empty for none
 */
public record CandidateStudent(
        Map<Artifact, Path> files,
        Lineage lineage,
        Map<String, Double> metrics,
        Map<String, String> config,
        Optional<Path> fates) {

    /** Creates a student without a file of fates. */
    public CandidateStudent(
            Map<Artifact, Path> files, Lineage lineage, Map<String, Double> metrics, Map<String, String> config) {
        this(files, lineage, metrics, config, Optional.empty());
    }

    public CandidateStudent {
        files = Map.copyOf(files);
        metrics = Map.copyOf(metrics);
        config = Map.copyOf(config);
        for (Artifact artifact : Artifact.values()) {
            if (!files.containsKey(artifact)) {
                throw new IllegalArgumentException("a student needs its " + artifact.fileName());
            }
        }
    }
}
