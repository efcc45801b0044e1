package dev.reflux.common.label;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.KnownKeys;
import dev.reflux.common.failure.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes a label schema as JSON, in either of two forms: {@code "classes": [{"id", "name", "rgb": [r, g,
 * b]}]} as data sets ship it, or {@code "classes": ["sky", …], "palette": [[r, g, b], …]} as model cards do. An
 * optional {@code "rawIds": {"7": 0, …}} maps raw label values.
 */
final class LabelSchemaJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LabelSchemaJson() {}

    static LabelSchema read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UsageException("The label schema " + file + " cannot be read; check the path.", e);
        }
        return parse(text, file.toString());
    }

    static LabelSchema parse(String text, String where) {
        try {
            return of(JSON.readTree(text), where);
        } catch (JsonProcessingException e) {
            throw new UsageException(
                    "The label schema in " + where + " is not JSON: " + e.getOriginalMessage() + ".", e);
        }
    }

    static LabelSchema of(JsonNode root, String where) {
        KnownKeys.requireOnly(root, "the label schema in " + where, "id", "classes", "palette", "ignore", "rawIds");
        JsonNode id = root.path("id");
        if (!id.isTextual()) {
            throw new UsageException("The label schema in " + where + " has no \"id\"; add one.");
        }
        if (!root.path("classes").isArray()) {
            throw new UsageException("The label schema in " + where + " has no list \"classes\"; add one.");
        }
        JsonNode ignore = root.path("ignore");
        if (!ignore.isMissingNode() && !(ignore.isInt() && ignore.asInt() == LabelSchema.IGNORE)) {
            throw new UsageException("\"ignore\" of the label schema in " + where + " is " + ignore
                    + " and can only be 255; to ignore other values, name those that count in \"rawIds\".");
        }
        requirePalette(root.path("palette"), root.path("classes"), where);
        List<LabelClass> classes = new ArrayList<>();
        for (JsonNode node : root.path("classes")) {
            classes.add(classOf(node, root.path("palette"), classes.size(), where));
        }
        return LabelSchema.of(id.asText(), classes, rawIds(root.path("rawIds"), where));
    }

    private static void requirePalette(JsonNode palette, JsonNode classes, String where) {
        boolean ofObjects = classes.path(0).isObject();
        if (!palette.isMissingNode() && (ofObjects || !palette.isArray() || palette.size() != classes.size())) {
            throw new UsageException("\"palette\" of the label schema in " + where
                    + (ofObjects
                            ? " cannot stand beside classes that are objects; give each its \"rgb\"."
                            : " must be a list of one color for each of the " + classes.size() + " classes."));
        }
    }

    private static LabelClass classOf(JsonNode node, JsonNode palette, int place, String where) {
        if (node.isTextual()) {
            return new LabelClass(place, node.asText(), rgb(palette.path(place), place, where));
        }
        if (!node.path("name").isTextual()) {
            throw new UsageException("Class " + place + " of the label schema in " + where + " has no \"name\".");
        }
        KnownKeys.requireOnly(node, "class " + place + " of the label schema in " + where, "id", "name", "rgb");
        JsonNode id = node.path("id");
        if (!id.isMissingNode() && !id.isInt()) {
            throw new UsageException("\"id\" of class " + place + " of the label schema in " + where + " is " + id
                    + " and must be a whole number.");
        }
        return new LabelClass(id.asInt(place), node.path("name").asText(), rgb(node.path("rgb"), place, where));
    }

    /** Returns a class's color; by its place where the schema gives none. */
    private static int rgb(JsonNode color, int place, String where) {
        if (color.isMissingNode()) {
            return java.awt.Color.HSBtoRGB(place * 0.618034f, 0.65f, 0.9f) & 0xFFFFFF;
        }
        if (!color.isArray() || color.size() != 3) {
            throw new UsageException("Class " + place + " of the label schema in " + where
                    + " needs a color of three numbers [r, g, b].");
        }
        int rgb = 0;
        for (JsonNode channel : color) {
            if (!channel.isInt() || channel.asInt() < 0 || channel.asInt() > 255) {
                throw new UsageException(
                        "Class " + place + " of the label schema in " + where + " has a color outside 0..255.");
            }
            rgb = rgb << 8 | channel.asInt();
        }
        return rgb;
    }

    private static Map<Integer, Integer> rawIds(JsonNode node, String where) {
        if (!node.isMissingNode() && !node.isObject()) {
            throw new UsageException("\"rawIds\" of the label schema in " + where
                    + " must be an object such as {\"0\": 0, \"255\": 1}: a class id for each raw label value.");
        }
        Map<Integer, Integer> rawIds = new HashMap<>();
        node.fields().forEachRemaining(entry -> {
            if (!entry.getValue().isInt()) {
                throw new UsageException("\"rawIds\" of the label schema in " + where + " maps \"" + entry.getKey()
                        + "\" to " + entry.getValue() + "; give the id of a class.");
            }
            try {
                rawIds.put(Integer.parseInt(entry.getKey()), entry.getValue().asInt());
            } catch (NumberFormatException e) {
                throw new UsageException(
                        "\"rawIds\" of the label schema in " + where + " has the key \"" + entry.getKey()
                                + "\"; its keys are raw label values, 0 to 255.",
                        e);
            }
        });
        return rawIds;
    }

    static String write(LabelSchema schema) {
        ObjectNode root = JSON.createObjectNode();
        root.put("id", schema.id());
        ArrayNode classes = root.putArray("classes");
        for (LabelClass one : schema.classes()) {
            ObjectNode node = classes.addObject();
            node.put("id", one.id());
            node.put("name", one.name());
            node.putArray("rgb").add(one.rgb() >> 16).add(one.rgb() >> 8 & 0xFF).add(one.rgb() & 0xFF);
        }
        root.put("ignore", schema.ignore());
        if (!schema.rawIds().isEmpty()) {
            ObjectNode rawIds = root.putObject("rawIds");
            new TreeMap<>(schema.rawIds()).forEach((raw, to) -> rawIds.put(String.valueOf(raw), to));
        }
        return root.toPrettyString();
    }
}
