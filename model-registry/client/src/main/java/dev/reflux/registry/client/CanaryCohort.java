package dev.reflux.registry.client;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.AliasNames;

/**
 * The vehicles that get a student first. A hash of model and vehicle selects them: every vehicle can tell by itself, and
 * another model line has others. Immutable: any thread.
 *
 * @param model the name of the model line
 * @param percent the share of the fleet, 0 to 100
 */
public record CanaryCohort(String model, int percent) {

    private static final int DIGITS = 12;

    public CanaryCohort {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("percent must be 0 to 100, not " + percent);
        }
    }

    /** Returns whether a vehicle belongs to the cohort. */
    public boolean has(String vehicleId) {
        String hash = Sha256.hex((model + "\n" + vehicleId).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return Long.parseLong(hash.substring(0, DIGITS), 16) % 100 < percent;
    }

    /** Returns the alias that a vehicle follows. */
    public String alias(String vehicleId) {
        return has(vehicleId) ? AliasNames.CANARY : AliasNames.CHAMPION;
    }
}
