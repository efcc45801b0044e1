package dev.reflux.cli.fleet;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.registry.client.CanaryCohort;
import dev.reflux.registry.format.AliasNames;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a student, its destination, and what a vehicle refuses. */
final class VehicleOptions {

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Name of the model (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--version",
            paramLabel = "N|ALIAS",
            defaultValue = AliasNames.CHAMPION,
            description =
                    "Version number or alias (default: ${DEFAULT-VALUE}). \"latest\" is the newest version, whatever"
                            + " the promotion gate says of it.")
    private String version = "";

    @Option(
            names = "--vehicle",
            paramLabel = "ID",
            description =
                    "Id of a vehicle that follows the promotion gate, also to an older version: it gets the canary if"
                            + " it belongs to the cohort, else the champion. Replaces --version.")
    private @Nullable String vehicle;

    @Option(
            names = "--canary-percent",
            paramLabel = "P",
            defaultValue = "5",
            description =
                    "Percentage of the fleet that gets canaries; it must be the same for every vehicle (default: ${DEFAULT-VALUE}).")
    private int canaryPercent;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder of the vehicle; DIR/current/student.pt is the student in use.")
    private Path out = Path.of(".");

    @Option(
            names = "--label-schema",
            paramLabel = "ID",
            description = "Label schema; students with another one are refused.")
    private @Nullable String labelSchema;

    @Option(names = "--allow-downgrade", description = "Accept a version that is older than the one in use.")
    private boolean allowDowngrade;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Trust file; students that none of its keys signed are refused.")
    private @Nullable Path trustFile;

    String model() {
        return model;
    }

    /** Returns the version number or the alias. */
    String version() {
        if (vehicle == null) {
            return version;
        }
        if (canaryPercent < 0 || canaryPercent > 100) {
            throw new UsageException("--canary-percent must be 0 to 100, not " + canaryPercent + ".");
        }
        return new CanaryCohort(model, canaryPercent).alias(vehicle);
    }

    Path out() {
        return out;
    }

    PullPolicy policy() {
        PullPolicy policy = PullPolicy.DEFAULT.withDowngrade(allowDowngrade || vehicle != null);
        if (trustFile != null) {
            policy = policy.withTrust(TrustFile.read(trustFile));
        }
        return labelSchema == null ? policy : policy.withLabelSchema(labelSchema);
    }
}
