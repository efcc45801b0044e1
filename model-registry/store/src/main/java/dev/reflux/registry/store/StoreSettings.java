package dev.reflux.registry.store;

import java.net.URI;

/**
 * Where the store is.
 *
 * @param endpoint such as http://minio:9000
 * @param region any non-empty name for MinIO
 * @param bucket made when absent
 */
public record StoreSettings(URI endpoint, String region, String bucket, String accessKey, String secretKey) {

    /** Keys do not belong into logs. */
    @Override
    public String toString() {
        return bucket + " at " + endpoint;
    }
}
