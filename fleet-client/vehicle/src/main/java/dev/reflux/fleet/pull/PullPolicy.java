package dev.reflux.fleet.pull;

import dev.reflux.registry.format.signing.TrustFile;
import java.util.Optional;

/**
 * What a vehicle takes.
 *
 * @param labelSchema the only one its software understands; empty: any
 * @param allowDowngrade whether a version under the one in use is taken
 * @param keep versions that stay on disk, the one in use among them, at least 2 so that there is a last good one
 * @param trust keys of which one must have signed a student; empty: signatures are not looked at
 */
public record PullPolicy(Optional<String> labelSchema, boolean allowDowngrade, int keep, Optional<TrustFile> trust) {

    /** Any schema, never downwards, two versions on disk, no look at signatures. */
    public static final PullPolicy DEFAULT = new PullPolicy(Optional.empty(), false, 2);

    public PullPolicy {
        if (keep < 2) {
            throw new IllegalArgumentException("keep must be at least 2, not " + keep);
        }
    }

    /** Without a look at signatures. */
    public PullPolicy(Optional<String> labelSchema, boolean allowDowngrade, int keep) {
        this(labelSchema, allowDowngrade, keep, Optional.empty());
    }

    public PullPolicy withLabelSchema(String id) {
        return new PullPolicy(Optional.of(id), allowDowngrade, keep, trust);
    }

    public PullPolicy withDowngrade(boolean allowed) {
        return new PullPolicy(labelSchema, allowed, keep, trust);
    }

    public PullPolicy withTrust(TrustFile keys) {
        return new PullPolicy(labelSchema, allowDowngrade, keep, Optional.of(keys));
    }
}
