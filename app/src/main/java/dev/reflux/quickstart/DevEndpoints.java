package dev.reflux.quickstart;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.embedded.EmbeddedS3;
import dev.reflux.embedded.LoopbackPorts;
import dev.reflux.registry.store.StoreSettings;
import java.net.URI;

/**
 * The loopback ports of the processes of {@code dev up}.
 *
 * @param kafka port of the broker
 * @param store port of the S3 store
 * @param registry port of the registry's HTTP API
 * @param brokerHealth port of the broker's probes
 * @param storeHealth port of the store's probes
 * @param trainerHealth port of the trainer's probes and metrics
 */
record DevEndpoints(int kafka, int store, int registry, int brokerHealth, int storeHealth, int trainerHealth) {

    /**
     * Chooses a free port wherever the settings have 0.
     *
     * @throws UsageException if a given port is in use
     */
    static DevEndpoints of(DevSettings settings) {
        return new DevEndpoints(
                free(settings.kafkaPort()),
                free(settings.storePort()),
                free(settings.registryPort()),
                free(0),
                free(0),
                free(0));
    }

    private static int free(int given) {
        if (given == 0) {
            return LoopbackPorts.free();
        }
        if (!LoopbackPorts.isFree(given)) {
            throw new UsageException("Port " + given + " is in use on this machine; give another one, or 0.");
        }
        return given;
    }

    /** Returns the settings of a client of the broker. */
    KafkaSettings brokers() {
        return KafkaSettings.of("127.0.0.1:" + kafka);
    }

    /** Returns the settings of a client of the store. */
    StoreSettings bucket() {
        return new StoreSettings(
                url(store, ""), Workspace.REGION, Workspace.BUCKET, EmbeddedS3.ACCESS_KEY, EmbeddedS3.SECRET_KEY);
    }

    /** Returns an address on the loopback interface. */
    static URI url(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
