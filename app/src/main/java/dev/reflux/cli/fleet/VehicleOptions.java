package dev.reflux.cli.fleet;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.PullPolicy;
import dev.reflux.registry.client.CanaryCohort;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which student goes where, and what a vehicle refuses. */
final class VehicleOptions {

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "student",
            description = "Model line (default: ${DEFAULT-VALUE}).")
    private String model = "";

    @Option(
            names = "--version",
            paramLabel = "N|ALIAS",
            defaultValue = "latest",
            description = "Number or alias (default: ${DEFAULT-VALUE}).")
    private String version = "";

    @Option(
            names = "--vehicle",
            paramLabel = "ID",
            description = "Follow the promotion gate as this vehicle: the canary if it is of its cohort, the champion"
                    + " otherwise, backwards too. In place of --version.")
    private @Nullable String vehicle;

    @Option(
            names = "--canary-percent",
            paramLabel = "P",
            defaultValue = "5",
            description =
                    "How much of the fleet gets canaries, the same for every vehicle (default: ${DEFAULT-VALUE}).")
    private int canaryPercent;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "The vehicle's folder; DIR/current/student.pt is the student in use.")
    private Path out = Path.of(".");

    @Option(names = "--label-schema", paramLabel = "ID", description = "Refuse students of any other label schema.")
    private @Nullable String labelSchema;

    @Option(names = "--allow-downgrade", description = "Take a version that is older than the one in use.")
    private boolean allowDowngrade;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "Take only students that one of this file's keys signed.")
    private @Nullable Path trustFile;

    String model() {
        return model;
    }

    /** A number or an alias. */
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
