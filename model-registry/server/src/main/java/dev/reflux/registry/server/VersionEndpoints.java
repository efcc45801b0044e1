package dev.reflux.registry.server;

import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.store.ModelRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The operations of versions, their files and their tags. */
final class VersionEndpoints {

    private static final int NO_CONTENT = 204;

    private final ModelRegistry registry;
    private final StoreQueries queries;
    private final SignedAddresses addresses;

    VersionEndpoints(ModelRegistry registry, StoreQueries queries, SignedAddresses addresses) {
        this.registry = registry;
        this.queries = queries;
        this.addresses = addresses;
    }

    /** Binds the handlers to their operations. */
    void bindTo(ApiOperations operations) {
        operations.bind("listVersions", this::list);
        operations.bind("getVersion", this::version);
        operations.bind("getArtifact", this::artifact);
        operations.bind("listTags", this::tags);
        operations.bind("setTag", this::setTag);
        operations.bind("removeTag", this::removeTag);
    }

    private void list(ApiRequest request) {
        long from = request.number("from");
        int limit = request.limit();
        queries.answer(
                request.context(), () -> registry.catalog().versions(request.path("model"), from, limit + 1), found -> {
                    Page<StudentVersion> page =
                            Page.of(found, limit).linkedFrom(request, "from", last -> last.version() + 1);
                    List<Map<String, Object>> versions =
                            page.items().stream().map(AnswerBodies::of).toList();
                    JsonAnswers.ok(request.context(), Map.of("versions", versions));
                });
    }

    private void version(ApiRequest request) {
        find(
                request,
                version -> JsonAnswers.tagged(request.context(), Manifest.sha256(version), AnswerBodies.of(version)));
    }

    private void artifact(ApiRequest request) {
        Artifact artifact = Arrays.stream(Artifact.values())
                .filter(one -> one.fileName().equals(request.path("artifact")))
                .findFirst()
                .orElseThrow();
        find(
                request,
                version -> addresses.redirect(
                        request.context(), version.blob(artifact).key()));
    }

    private void tags(ApiRequest request) {
        find(
                request,
                version -> queries.answer(
                        request.context(), () -> registry.catalog().tags(version.model(), version.version()), tags -> {
                            Page<Map.Entry<String, String>> page = Page.after(
                                            request, List.copyOf(tags.entrySet()), Map.Entry::getKey)
                                    .linkedFrom(request, "after", Map.Entry::getKey);
                            Map<String, String> body = new TreeMap<>();
                            page.items().forEach(tag -> body.put(tag.getKey(), tag.getValue()));
                            JsonAnswers.ok(request.context(), body);
                        }));
    }

    private void setTag(ApiRequest request) {
        String value = request.body().getString("value");
        String tag = request.path("tag");
        putTag(request, Optional.of(value), () -> JsonAnswers.ok(request.context(), Map.of(tag, value)));
    }

    private void removeTag(ApiRequest request) {
        putTag(
                request,
                Optional.empty(),
                () -> request.context().response().setStatusCode(NO_CONTENT).end());
    }

    private void putTag(ApiRequest request, Optional<String> value, Runnable answer) {
        find(
                request,
                version -> queries.answer(
                        request.context(),
                        () -> {
                            registry.tags().put(version.model(), version.version(), request.path("tag"), value);
                            return version;
                        },
                        tagged -> answer.run()));
    }

    private void find(ApiRequest request, Consumer<StudentVersion> answer) {
        String model = request.path("model");
        String version = request.path("version");
        queries.answer(
                request.context(),
                () -> registry.reader().resolve(model, version),
                found -> found.ifPresentOrElse(
                        answer,
                        () -> JsonAnswers.notFound(request.context(), model + " has no version \"" + version + "\".")));
    }
}
