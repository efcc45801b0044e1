package dev.reflux.fleet.pull;

import java.util.Optional;

/**
 * What a vehicle takes.
 *
 * @param labelSchema the only one its software understands; empty: any
 * @param allowDowngrade whether a version under the one in use is taken
 * @param keep versions that stay on disk, the one in use among them, at least 2 so that there is a last good one
 */
public record PullPolicy(Optional<String> labelSchema, boolean allowDowngrade, int keep) {

    /** Any schema, never downwards, two versions on disk. */
    public static final PullPolicy DEFAULT = new PullPolicy(Optional.empty(), false, 2);

    public PullPolicy {
        if (keep < 2) {
            throw new IllegalArgumentException("keep must be at least 2, not " + keep);
        }
    }

    public PullPolicy withLabelSchema(String id) {
        return new PullPolicy(Optional.of(id), allowDowngrade, keep);
    }

    public PullPolicy withDowngrade(boolean allowed) {
        return new PullPolicy(labelSchema, allowed, keep);
    }
}
