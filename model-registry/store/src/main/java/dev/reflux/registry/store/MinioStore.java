package dev.reflux.registry.store;

import dev.reflux.registry.client.ObjectSource;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.UploadObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A bucket of MinIO, or of any other S3 store that honors {@code If-None-Match: *}. Thread-safe. */
public final class MinioStore implements ObjectStore {

    private static final Set<String> ABSENT = Set.of("NoSuchKey", "NoSuchObject", "NotFound");
    private static final Set<String> RACED = Set.of("PreconditionFailed", "ConditionalRequestConflict");
    private static final long CONNECT_MILLIS = 10_000;
    private static final long TRANSFER_MILLIS = 60_000;
    private static final int LONGEST_PAGE = 1000;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;
    /** Request timeout and too many requests. */
    private static final Set<Integer> BUSY = Set.of(408, 429);

    private final MinioClient client;
    private final StoreSettings settings;

    private MinioStore(MinioClient client, StoreSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    /**
     * Connects, and creates the bucket when it does not exist.
     *
     * @throws StoreException when the store cannot be reached or refuses the keys
     */
    public static MinioStore open(StoreSettings settings) {
        MinioClient client = MinioClient.builder()
                .endpoint(settings.endpoint().toString())
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .build();
        // The default waits five minutes for an address that never answers.
        client.setTimeout(CONNECT_MILLIS, TRANSFER_MILLIS, TRANSFER_MILLIS);
        MinioStore store = new MinioStore(client, settings);
        try {
            store.makeBucket();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void makeBucket() {
        call("be opened", () -> {
            String bucket = settings.bucket();
            if (!client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build())) {
                try {
                    client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
                } catch (ErrorResponseException e) {
                    // Another process was faster.
                    if (!"BucketAlreadyOwnedByYou".equals(e.errorResponse().code())) {
                        throw e;
                    }
                }
            }
            return true;
        });
    }

    @Override
    public boolean create(String key, byte[] bytes) {
        return call("create " + key, () -> {
            try {
                client.putObject(PutObjectArgs.builder().bucket(settings.bucket()).object(key).stream(
                                new ByteArrayInputStream(bytes), (long) bytes.length, -1L)
                        .extraHeaders(new Http.Headers("If-None-Match", "*"))
                        .build());
                return true;
            } catch (ErrorResponseException e) {
                int status = e.response().code();
                boolean raced = status == PRECONDITION_FAILED
                        || status == CONFLICT
                                && RACED.contains(e.errorResponse().code());
                if (raced) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void put(String key, Path file) {
        call(
                "put " + key,
                () -> client.uploadObject(UploadObjectArgs.builder()
                        .bucket(settings.bucket())
                        .object(key)
                        .filename(file.toString())
                        .build()));
    }

    @Override
    public Optional<byte[]> read(String key, long most) {
        return call("read " + key, () -> {
            Optional<InputStream> opened = open(key);
            if (opened.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = opened.get()) {
                return Optional.of(ObjectSource.within(in, key, most));
            }
        });
    }

    @Override
    public Optional<InputStream> open(String key) {
        return call("read " + key, () -> {
            try {
                return Optional.of(client.getObject(GetObjectArgs.builder()
                        .bucket(settings.bucket())
                        .object(key)
                        .build()));
            } catch (ErrorResponseException e) {
                if (absent(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        return call("list " + prefix, () -> {
            ListObjectsArgs.Builder args = ListObjectsArgs.builder()
                    .bucket(settings.bucket())
                    .prefix(prefix)
                    .recursive(true)
                    .maxKeys(Math.min(LONGEST_PAGE, limit));
            if (!after.isEmpty()) {
                args.startAfter(after);
            }
            List<Listed> found = new ArrayList<>();
            // The client asks for the next page when this one is read to its end.
            Iterator<Result<Item>> results = client.listObjects(args.build()).iterator();
            while (found.size() < limit && results.hasNext()) {
                Item item = results.next().get();
                Instant modified = item.lastModified() == null
                        ? Instant.EPOCH
                        : item.lastModified().toInstant();
                found.add(new Listed(item.objectName(), item.size(), modified));
            }
            return found;
        });
    }

    @Override
    public void delete(String key) {
        call("delete " + key, () -> {
            client.removeObject(RemoveObjectArgs.builder()
                    .bucket(settings.bucket())
                    .object(key)
                    .build());
            return true;
        });
    }

    @Override
    public URI presign(String key, Duration valid) {
        return call(
                "presign " + key,
                () -> URI.create(client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                        .method(Http.Method.GET)
                        .bucket(settings.bucket())
                        .object(key)
                        .expiry(Math.toIntExact(valid.toSeconds()))
                        .build())));
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (Exception e) {
            throw new StoreException("The store's connections cannot be closed: " + e.getMessage() + ".", e);
        }
    }

    private static boolean absent(ErrorResponseException e) {
        return e.response().code() == NOT_FOUND
                || ABSENT.contains(e.errorResponse().code());
    }

    private interface Call<T> {
        T run() throws Exception;
    }

    private <T> T call(String what, Call<T> call) {
        try {
            return call.run();
        } catch (StoreException | RegistryException e) {
            throw e;
        } catch (ErrorResponseException e) {
            throw new StoreException(
                    "The store " + settings + " refused to " + what + ": "
                            + e.errorResponse().code() + "; check its keys and rights.",
                    e,
                    BUSY.contains(e.response().code()) || e.response().code() >= SERVER_ERROR);
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            // The client wraps the cause.
            String why = cause instanceof IOException
                    ? "it cannot be reached (" + StoreException.reasonOf(cause) + "); check the endpoint"
                    : String.valueOf(cause.getMessage());
            throw new StoreException("The store " + settings + " could not " + what + ": " + why + ".", e, true);
        }
    }
}
