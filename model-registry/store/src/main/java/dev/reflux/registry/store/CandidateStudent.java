package dev.reflux.registry.store;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import java.nio.file.Path;
import java.util.Map;

/**
 * A student to publish.
 *
 * @param files the file of every artifact
 * @param lineage the origin
 * @param metrics what the trainer measured, such as holdout.miou
 * @param config the settings of the training
 */
public record CandidateStudent(
        Map<Artifact, Path> files, Lineage lineage, Map<String, Double> metrics, Map<String, String> config) {

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
