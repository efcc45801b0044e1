package dev.reflux.registry.store;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import java.nio.file.Path;
import java.util.Map;

/**
 * A student that asks to become a version.
 *
 * @param files every artifact's file
 * @param lineage where it comes from
 * @param metrics what its trainer measured, such as holdout.miou
 * @param config settings that it was trained with
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
