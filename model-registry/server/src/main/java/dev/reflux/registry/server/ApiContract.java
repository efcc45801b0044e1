package dev.reflux.registry.server;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.mediatype.ContentAnalyserFactory;
import io.vertx.openapi.mediatype.MediaTypePredicate;
import io.vertx.openapi.mediatype.MediaTypeRegistry;
import io.vertx.openapi.mediatype.impl.DefaultMediaTypeRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * The API's OpenAPI document, {@code openapi.json}: the one source of its paths, parameters, bodies, answers and roles.
 * Any thread.
 */
final class ApiContract {

    /** The security scheme of every operation that needs a token. */
    private static final String SCHEME = "token";

    private ApiContract() {}

    /** Returns the document's text. */
    static String document() {
        try (InputStream in = ApiContract.class.getResourceAsStream("openapi.json")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Parses the document. */
    static Future<OpenAPIContract> load(Vertx vertx) {
        return load(vertx, new JsonObject(document()));
    }

    /** Parses a document of the same media types. */
    static Future<OpenAPIContract> load(Vertx vertx, JsonObject document) {
        MediaTypeRegistry types = MediaTypeRegistry.createDefault()
                .register(new DefaultMediaTypeRegistration(
                        MediaTypePredicate.ofExactTypes(EventStream.CONTENT_TYPE), ContentAnalyserFactory.noop()));
        return OpenAPIContract.builder(vertx)
                .setContract(document)
                .mediaTypeRegistry(types)
                .build();
    }

    /** Returns the role that an operation needs; empty when it needs no token. */
    static Optional<Role> role(Operation operation) {
        return operation.getSecurityRequirements().stream()
                .flatMap(requirement -> requirement.getScopes(SCHEME).stream())
                .map(Role::of)
                .findFirst();
    }
}
