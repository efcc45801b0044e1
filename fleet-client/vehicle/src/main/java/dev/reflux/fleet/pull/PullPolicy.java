package dev.reflux.fleet.pull;

import dev.reflux.registry.format.signing.TrustFile;
import java.util.Optional;

/**
 * The students that a vehicle accepts.
 *
 * @param labelSchema the id of the only accepted label schema; empty accepts any
 * @param allowDowngrade whether a version older than the one in use is accepted
 * @param keep the number of versions on disk, including the one in use; at least 2, so that there is a last good one
 * @param trust the keys of which one must have signed a student; empty: signatures are not verified
 */
public record PullPolicy(Optional<String> labelSchema, boolean allowDowngrade, int keep, Optional<TrustFile> trust) {

    /** Accepts any label schema and no downgrade, keeps two versions, does not verify signatures. */
    public static final PullPolicy DEFAULT = new PullPolicy(Optional.empty(), false, 2);

    public PullPolicy {
        if (keep < 2) {
            throw new IllegalArgumentException("keep must be at least 2, not " + keep);
        }
    }

    /** Creates a policy that does not verify signatures. */
    public PullPolicy(Optional<String> labelSchema, boolean allowDowngrade, int keep) {
        this(labelSchema, allowDowngrade, keep, Optional.empty());
    }

    /** Returns a copy that accepts one label schema only. */
    public PullPolicy withLabelSchema(String id) {
        return new PullPolicy(Optional.of(id), allowDowngrade, keep, trust);
    }

    /** Returns a copy that accepts older versions, or does not. */
    public PullPolicy withDowngrade(boolean allowed) {
        return new PullPolicy(labelSchema, allowed, keep, trust);
    }

    /** Returns a copy that requires a signature of one of the keys. */
    public PullPolicy withTrust(TrustFile keys) {
        return new PullPolicy(labelSchema, allowDowngrade, keep, Optional.of(keys));
    }
}
