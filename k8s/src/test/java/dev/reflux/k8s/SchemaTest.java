package dev.reflux.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every object of every overlay is what the API servers' own types say; and the check is worth its name. */
class SchemaTest {

    /** Fields whose content is the user's: names and values of any kind. */
    private static final Set<String> FREE = Set.of(
            "labels", "annotations", "matchLabels", "data", "stringData", "requests", "limits", "config", "selector");

    private final Schemas schemas = new Schemas();

    static List<String> overlays() {
        return Manifests.overlays();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenTheSources_whenHeldAgainstWhatIsRendered_thenItIsOfTheseSourcesAndUntouched(String overlay) {
        String text = Manifests.read(Manifests.rendered(overlay));

        List<String> head = text.lines().limit(3).toList();

        String content = text.substring(String.join("\n", head).length() + 1);
        assertThat(head.get(1)).as("run k8s/render").isEqualTo("# sources " + Manifests.digestOfSources());
        assertThat(head.get(2))
                .as("run k8s/render")
                .isEqualTo("# content " + Sha256.hex(content.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenKustomize_whenAnOverlayIsRenderedAnew_thenItIsWhatIsThere(String overlay) throws Exception {
        String anew = kustomize(overlay);

        assertThat(Manifests.parse(anew)).isEqualTo(Manifests.objects(overlay));
    }

    private static String kustomize(String overlay) throws Exception {
        try {
            Process process = new ProcessBuilder("kubectl", "kustomize", "overlays/" + overlay)
                    .directory(Manifests.HOME.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isZero();
            return out;
        } catch (IOException e) {
            assumeTrue(false, "kubectl is not here: what is rendered is held against its sources' digest only");
            throw e;
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenAnOverlay_whenItsObjectsAreValidated_thenNothingIsUnknownOrOfAnotherType(String overlay) {
        List<JsonNode> objects = Manifests.objects(overlay);

        assertThat(objects).hasSizeGreaterThan(15).allSatisfy(object -> assertThat(schemas.complaint(object))
                .as(object.path("kind").asText() + " " + Manifests.name(object))
                .isEmpty());
    }

    /** Breaks every manifest at every place, one at a time. */
    @ParameterizedTest
    @MethodSource("overlays")
    void givenAManifestWithOneFieldMistyped_whenValidated_thenThatIsAnErrorWhereverItIs(String overlay) {
        List<String> passed = new ArrayList<>();
        int broken = 0;
        for (JsonNode object : Manifests.objects(overlay)) {
            for (Place place : places(object)) {
                broken += 2;
                if (schemas.complaint(object.deepCopy() instanceof ObjectNode copy ? place.mistyped(copy) : object)
                        .isEmpty()) {
                    passed.add(Manifests.name(object) + " with another name for " + place);
                }
                if (schemas.complaint(object.deepCopy() instanceof ObjectNode copy ? place.ofAnotherType(copy) : object)
                        .isEmpty()) {
                    passed.add(Manifests.name(object) + " with another type for " + place);
                }
            }
        }

        assertThat(broken).isGreaterThan(500);
        assertThat(passed).isEmpty();
    }

    /** A field, by the way to the object that has it. */
    private record Place(List<Object> way, String field) {

        ObjectNode mistyped(ObjectNode object) {
            ObjectNode at = at(object);
            at.set(field + "x", at.remove(field));
            return object;
        }

        ObjectNode ofAnotherType(ObjectNode object) {
            ObjectNode at = at(object);
            JsonNode value = at.get(field);
            at.set(
                    field,
                    value.isContainerNode()
                            ? JsonNodeFactory.instance.textNode("text")
                            : JsonNodeFactory.instance.arrayNode().add(JsonNodeFactory.instance.objectNode()));
            return object;
        }

        private ObjectNode at(ObjectNode object) {
            JsonNode at = object;
            for (Object step : way) {
                at = step instanceof Integer index ? at.get(index) : at.get((String) step);
            }
            return (ObjectNode) at;
        }
    }

    private static List<Place> places(JsonNode object) {
        List<Place> places = new ArrayList<>();
        collect(object, List.of(), places);
        return places;
    }

    private static void collect(JsonNode node, List<Object> way, List<Place> places) {
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                collect(array.get(i), longer(way, i), places);
            }
        } else if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> {
                places.add(new Place(way, entry.getKey()));
                boolean free = FREE.contains(entry.getKey())
                        && entry.getValue().properties().stream()
                                .noneMatch(inner -> inner.getValue().isContainerNode());
                if (!free) {
                    collect(entry.getValue(), longer(way, entry.getKey()), places);
                }
            });
        }
    }

    private static List<Object> longer(List<Object> way, Object step) {
        List<Object> longer = new ArrayList<>(way);
        longer.add(step);
        return longer;
    }
}
