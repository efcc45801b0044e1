package dev.reflux.registry.client;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.AliasNames;

/**
 * Vehicles that get a student first. By a hash, so that every vehicle knows by itself, and another model has other ones.
 *
 * @param model the model line
 * @param percent of the fleet, 0 to 100
 */
public record CanaryCohort(String model, int percent) {

    private static final int DIGITS = 12;

    public CanaryCohort {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("percent must be 0 to 100, not " + percent);
        }
    }

    public boolean has(String vehicleId) {
        String hash = Sha256.hex((model + "\n" + vehicleId).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return Long.parseLong(hash.substring(0, DIGITS), 16) % 100 < percent;
    }

    /** The alias that a vehicle follows. */
    public String alias(String vehicleId) {
        return has(vehicleId) ? AliasNames.CANARY : AliasNames.CHAMPION;
    }
}
