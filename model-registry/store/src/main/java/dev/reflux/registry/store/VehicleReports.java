package dev.reflux.registry.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.client.RegistryReader;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.SealedJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What vehicles report of versions.
 *
 * <ol>
 *   <li>Only a version that exists is reported of.
 *   <li>Of each version, whoever vouches has one bad report and one good report at most: the first of each. Repetitions
 *       cost nothing and change nothing.
 * </ol>
 *
 * Blocks on the network. Thread-safe.
 */
public final class VehicleReports {

    /** The largest number of reports that are read of a version. Their order is by a hash: those read are a sample. */
    static final int MOST = 200;

    private static final int HASH_DIGITS = 16;

    private final ObjectStore store;
    private final RegistryReader registry;
    private final String model;

    VehicleReports(ObjectStore store, RegistryReader registry, String model) {
        this.store = store;
        this.registry = registry;
        this.model = model;
    }

    /**
     * Records a report.
     *
     * @return whether it is the first of its kind, which is the one that counts
     * @throws UsageException when there is no such version
     */
    public boolean add(VehicleReport report) {
        Requirements.version(registry, model, report.version());
        return store.create(
                key(report),
                SealedJson.seal(
                        Map.of(
                                "model", model,
                                "by", report.by(),
                                "vehicle", report.vehicle(),
                                "version", report.version(),
                                "metric", report.metric(),
                                "value", report.value(),
                                "least", report.least()),
                        Optional.empty()));
    }

    /**
     * Returns the reports of a version, {@value #MOST} at most.
     *
     * @throws RegistryException when one is damaged or was moved
     */
    public List<VehicleReport> of(long version) {
        return store.list(BucketLayout.reports(model, version), "", MOST).stream()
                .flatMap(object -> store.read(object.key()).map(bytes -> read(bytes, object.key())).stream())
                .toList();
    }

    private VehicleReport read(byte[] bytes, String key) {
        JsonNode body = SealedJson.open(bytes, key).body();
        VehicleReport report = new VehicleReport(
                body.path("by").asText(),
                body.path("vehicle").asText(),
                body.path("version").asLong(),
                body.path("metric").asText(),
                body.path("value").asDouble(),
                body.path("least").asDouble());
        if (!body.path("model").asText().equals(model) || !key(report).equals(key)) {
            throw new RegistryException("The object " + key + " is another report: it was moved.");
        }
        return report;
    }

    private String key(VehicleReport report) {
        String hash = Sha256.hex(report.by().getBytes(StandardCharsets.UTF_8)).substring(0, HASH_DIGITS);
        return BucketLayout.reports(model, report.version()) + hash + (report.regression() ? "-bad" : "-good")
                + ".json";
    }
}
