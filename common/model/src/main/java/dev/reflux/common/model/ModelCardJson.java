package dev.reflux.common.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import java.util.ArrayList;
import java.util.List;

/** A model card as JSON. */
final class ModelCardJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "torchscript";

    private ModelCardJson() {}

    static ModelCard parse(String text, String where) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UsageException("The model card " + where + " is not JSON: " + e.getOriginalMessage() + ".", e);
        }
        if (!FORMAT.equals(root.path("format").asText())) {
            throw new UsageException("The model card " + where + " says format \""
                    + root.path("format").asText() + "\"; only \"" + FORMAT + "\" is supported.");
        }
        String sha256 = text(root, "sha256", where);
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new UsageException("\"sha256\" of the model card " + where + " is not 64 lower-case hex digits.");
        }
        return new ModelCard(
                text(root, "name", where),
                text(root, "role", where),
                fileName(root, where),
                sha256,
                root.path("bytes").asLong(),
                LabelSchema.of(root.path("labelSchema"), where),
                input(root.path("input"), where),
                positive(root.at("/logits/stride"), "logits.stride", where),
                positive(root.at("/features/stride"), "features.stride", where),
                positive(root.at("/features/channels"), "features.channels", where),
                root.path("reheadable").asBoolean(false),
                root.path("parameters").asLong(),
                root.path("licence").asText(""),
                root.path("description").asText(""),
                root.path("metrics").isObject() ? root.path("metrics") : JSON.createObjectNode());
    }

    /** A card names a file beside it, never a path out of its folder. */
    private static String fileName(JsonNode root, String where) {
        String file = text(root, "file", where);
        if (file.contains("/") || file.contains("\\") || file.equals("..")) {
            throw new UsageException(
                    "\"file\" of the model card " + where + " is \"" + file + "\"; name a file beside the card.");
        }
        return file;
    }

    private static ModelInput input(JsonNode node, String where) {
        return new ModelInput(
                positive(node.path("width"), "input.width", where),
                positive(node.path("height"), "input.height", where),
                three(node.path("mean"), "input.mean", false, where),
                three(node.path("std"), "input.std", true, where));
    }

    private static List<Float> three(JsonNode node, String key, boolean positive, String where) {
        List<Float> values = new ArrayList<>();
        node.forEach(value -> values.add(value.floatValue()));
        if (values.size() != 3 || (positive && values.stream().anyMatch(v -> !(v > 0)))) {
            throw new UsageException("\"" + key + "\" of the model card " + where + " must be three "
                    + (positive ? "positive " : "") + "numbers.");
        }
        return values;
    }

    private static String text(JsonNode root, String key, String where) {
        String value = root.path(key).asText("");
        if (value.isBlank()) {
            throw new UsageException("The model card " + where + " lacks \"" + key + "\"; add it.");
        }
        return value;
    }

    private static int positive(JsonNode node, String key, String where) {
        if (!node.isInt() || node.asInt() < 1) {
            throw new UsageException(
                    "\"" + key + "\" of the model card " + where + " must be a whole number of at least 1.");
        }
        return node.asInt();
    }

    static String write(ModelCard card) {
        ObjectNode root = JSON.createObjectNode();
        root.put("name", card.name());
        root.put("role", card.role());
        root.put("format", FORMAT);
        root.put("file", card.file());
        root.put("sha256", card.sha256());
        root.put("bytes", card.bytes());
        root.put("forward", "(logits, features)");
        root.set("labelSchema", schema(card.labelSchema()));
        ObjectNode input = root.putObject("input");
        input.put("width", card.input().width());
        input.put("height", card.input().height());
        input.put("channels", "RGB");
        input.put("scale", "1/255");
        numbers(input.putArray("mean"), card.input().mean());
        numbers(input.putArray("std"), card.input().std());
        root.putObject("logits").put("stride", card.logitsStride());
        root.putObject("features")
                .put("channels", card.featuresChannels())
                .put("stride", card.featuresStride())
                .put("rounding", "ceil");
        root.put("reheadable", card.reheadable());
        root.put("parameters", card.parameters());
        root.set("metrics", card.metrics());
        root.put("licence", card.licence());
        root.put("description", card.description());
        return root.toPrettyString();
    }

    private static void numbers(ArrayNode array, List<Float> values) {
        values.forEach(array::add);
    }

    private static JsonNode schema(LabelSchema schema) {
        try {
            return JSON.readTree(schema.toJson());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema writes JSON", e);
        }
    }
}
