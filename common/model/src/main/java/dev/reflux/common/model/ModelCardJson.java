package dev.reflux.common.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.KnownKeys;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.label.LabelSchema;
import java.util.ArrayList;
import java.util.List;

/** A model card as JSON. */
final class ModelCardJson {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "torchscript";
    private static final String FORWARD = "(logits, features)";
    private static final String CHANNELS = "RGB";
    private static final String SCALE = "1/255";
    private static final String ROUNDING = "ceil";
    private static final String[] KEYS = {
        "name",
        "role",
        "format",
        "file",
        "sha256",
        "bytes",
        "forward",
        "labelSchema",
        "input",
        "logits",
        "features",
        "reheadable",
        "parameters",
        "metrics",
        "licence",
        "training",
        "description"
    };

    private ModelCardJson() {}

    static ModelCard parse(String text, String where) {
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new UsageException("The model card " + where + " is not JSON: " + e.getOriginalMessage() + ".", e);
        }
        if (!root.isObject()) {
            throw new UsageException("The model card " + where + " is not a JSON object.");
        }
        KnownKeys.requireOnly(root, "the model card " + where, KEYS);
        if (!FORMAT.equals(root.path("format").asText())) {
            throw new UsageException("The model card " + where + " says format \""
                    + root.path("format").asText() + "\"; only \"" + FORMAT + "\" is supported.");
        }
        String sha256 = text(root, "sha256", where);
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new UsageException("\"sha256\" of the model card " + where + " is not 64 lower-case hex digits.");
        }
        KnownKeys.requireOnly(root.path("logits"), "\"logits\" of the model card " + where, "stride");
        KnownKeys.requireOnly(
                root.path("features"), "\"features\" of the model card " + where, "channels", "stride", "rounding");
        only(root.path("forward"), "forward", FORWARD, "export the model with that forward", where);
        only(root.at("/features/rounding"), "features.rounding", ROUNDING, "export the model with padding", where);
        return new ModelCard(
                text(root, "name", where),
                role(root, where),
                fileName(root, where),
                sha256,
                count(root.path("bytes"), "bytes", where),
                LabelSchema.of(root.path("labelSchema"), where),
                input(root.path("input"), where),
                positive(root.at("/logits/stride"), "logits.stride", where),
                positive(root.at("/features/stride"), "features.stride", where),
                positive(root.at("/features/channels"), "features.channels", where),
                flag(root.path("reheadable"), "reheadable", where),
                count(root.path("parameters"), "parameters", where),
                optional(root.path("licence"), "licence", where),
                optional(root.path("training"), "training", where),
                optional(root.path("description"), "description", where),
                metrics(root.path("metrics"), where));
    }

    private static String role(JsonNode root, String where) {
        String role = text(root, "role", where);
        if (!role.equals("teacher") && !role.equals("student")) {
            throw new UsageException(
                    "\"role\" of the model card " + where + " is \"" + role + "\"; it is teacher or student.");
        }
        return role;
    }

    /** A value that this product can do only one way: a card without it means that way, and any other is refused. */
    private static void only(JsonNode node, String key, String value, String remedy, String where) {
        if (!node.isMissingNode() && !(node.isTextual() && node.asText().equals(value))) {
            throw new UsageException("\"" + key + "\" of the model card " + where + " is " + node + "; only \"" + value
                    + "\" is supported: " + remedy + ".");
        }
    }

    private static long count(JsonNode node, String key, String where) {
        if (!node.isMissingNode() && !(node.isIntegralNumber() && node.canConvertToLong() && node.asLong() >= 0)) {
            throw new UsageException("\"" + key + "\" of the model card " + where + " is " + node
                    + " and must be a whole number of at least 0.");
        }
        return node.asLong();
    }

    private static boolean flag(JsonNode node, String key, String where) {
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw new UsageException(
                    "\"" + key + "\" of the model card " + where + " is " + node + " and must be true or false.");
        }
        return node.asBoolean(false);
    }

    private static String optional(JsonNode node, String key, String where) {
        if (!node.isMissingNode() && !node.isTextual()) {
            throw new UsageException(
                    "\"" + key + "\" of the model card " + where + " is " + node + " and must be a text.");
        }
        return node.asText("");
    }

    private static JsonNode metrics(JsonNode node, String where) {
        if (!node.isMissingNode() && !node.isObject()) {
            throw new UsageException(
                    "\"metrics\" of the model card " + where + " is " + node + " and must be an object of figures.");
        }
        return node.isObject() ? node : JSON.createObjectNode();
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
        KnownKeys.requireOnly(
                node, "\"input\" of the model card " + where, "width", "height", "channels", "scale", "mean", "std");
        only(
                node.path("channels"),
                "input.channels",
                CHANNELS,
                "export the model with the channels of its first layer, mean and std in the order R, G, B",
                where);
        only(
                node.path("scale"),
                "input.scale",
                SCALE,
                "divide mean and std by 255 for a model that sees 0 to 255, which is the same input",
                where);
        return new ModelInput(
                positive(node.path("width"), "input.width", where),
                positive(node.path("height"), "input.height", where),
                three(node.path("mean"), "input.mean", false, where),
                three(node.path("std"), "input.std", true, where));
    }

    private static List<Float> three(JsonNode node, String key, boolean positive, String where) {
        List<Float> values = new ArrayList<>();
        for (JsonNode value : node) {
            float number = value.isNumber() ? value.floatValue() : Float.NaN;
            if (!(number <= 1 && (positive ? number > 0 : number >= 0))) {
                throw new UsageException("\"" + key + "\" of the model card " + where + " has " + value
                        + "; pixels run from 0 to 1, so it must be three numbers "
                        + (positive ? "above 0 and at most 1" : "from 0 to 1")
                        + ": divide values for 0 to 255 by 255.");
            }
            values.add(number);
        }
        if (!node.isArray() || values.size() != 3) {
            throw new UsageException(
                    "\"" + key + "\" of the model card " + where + " must be a list of three numbers, for R, G and B.");
        }
        return values;
    }

    private static String text(JsonNode root, String key, String where) {
        String value = root.path(key).asText("");
        if (value.isBlank() || !root.path(key).isTextual()) {
            throw new UsageException("The model card " + where + " lacks the text \"" + key + "\"; add it.");
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
        root.put("forward", FORWARD);
        root.set("labelSchema", schema(card.labelSchema()));
        ObjectNode input = root.putObject("input");
        input.put("width", card.input().width());
        input.put("height", card.input().height());
        input.put("channels", CHANNELS);
        input.put("scale", SCALE);
        numbers(input.putArray("mean"), card.input().mean());
        numbers(input.putArray("std"), card.input().std());
        root.putObject("logits").put("stride", card.logitsStride());
        root.putObject("features")
                .put("channels", card.featuresChannels())
                .put("stride", card.featuresStride())
                .put("rounding", ROUNDING);
        root.put("reheadable", card.reheadable());
        root.put("parameters", card.parameters());
        root.set("metrics", card.metrics());
        root.put("licence", card.licence());
        if (!card.training().isEmpty()) {
            root.put("training", card.training());
        }
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
