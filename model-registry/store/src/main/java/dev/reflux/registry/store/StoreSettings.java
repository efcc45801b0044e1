package dev.reflux.registry.store;

import java.net.URI;

/**
 * The address and the keys of a bucket.
 *
 * @param endpoint the address of the S3 API, such as http://minio:9000
 * @param region the region; any non-empty name for MinIO
 * @param bucket the name of the bucket, which is created when it does not exist
 * @param accessKey the access key
 * @param secretKey the secret key
 */
public record StoreSettings(URI endpoint, String region, String bucket, String accessKey, String secretKey) {

    /** Returns bucket and endpoint only: keys do not belong in logs. */
    @Override
    public String toString() {
        return bucket + " at " + endpoint;
    }
}
