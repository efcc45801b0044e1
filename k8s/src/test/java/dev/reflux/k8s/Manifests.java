package dev.reflux.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.reflux.common.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The overlays as {@code k8s/render} left them, object by object. */
final class Manifests {

    /** This module's folder. */
    static final Path HOME = Path.of("").toAbsolutePath();
    /** The repository's. */
    static final Path ROOT = HOME.getParent();

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Manifests() {}

    /** A container, the pod it runs in, and the object that makes the pod. */
    record Running(JsonNode owner, JsonNode pod, JsonNode container) {

        String image() {
            return container.path("image").asText();
        }

        @Override
        public String toString() {
            return owner.path("kind").asText() + " " + Manifests.name(owner);
        }
    }

    static List<String> overlays() {
        try (Stream<Path> folders = Files.list(HOME.resolve("overlays"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path rendered(String overlay) {
        return HOME.resolve("rendered").resolve(overlay + ".yaml");
    }

    static List<JsonNode> objects(String overlay) {
        return parse(read(rendered(overlay)));
    }

    static List<JsonNode> parse(String text) {
        try {
            List<JsonNode> objects = new ArrayList<>();
            YAML.readerFor(JsonNode.class).<JsonNode>readValues(text).forEachRemaining(objects::add);
            return objects;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> ofKind(String overlay, String kind) {
        return objects(overlay).stream()
                .filter(object -> object.path("kind").asText().equals(kind));
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    static Stream<JsonNode> elements(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return all.stream();
    }

    static List<Running> running(String overlay) {
        return objects(overlay).stream()
                .filter(object -> object.path("spec").has("template"))
                .flatMap(object -> {
                    JsonNode pod = object.path("spec").path("template").path("spec");
                    return elements(pod.path("containers")).map(container -> new Running(object, pod, container));
                })
                .toList();
    }

    /** Of everything that is rendered from, as the script computes it. */
    static String digestOfSources() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.of("base", "components", "overlays")
                .flatMap(Manifests::filesUnder)
                .sorted(Comparator.comparing(file -> HOME.relativize(file).toString()))
                .forEach(file -> all.writeBytes(read(file).getBytes(StandardCharsets.UTF_8)));
        return Sha256.hex(all.toByteArray());
    }

    private static Stream<Path> filesUnder(String folder) {
        try (Stream<Path> files = Files.walk(HOME.resolve(folder))) {
            return files.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
