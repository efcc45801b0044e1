package dev.reflux.common.label;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The classes of a data set's labels: ids 0 to {@code classCount() - 1} without gaps, names and colors, and optionally a
 * map from the raw values in label files to the ids. Immutable; any thread.
 */
public final class LabelSchema {

    /** Label value that counts in no loss and no score. */
    public static final int IGNORE = 255;

    /** Fewest classes of a schema. */
    public static final int MIN_CLASSES = 2;
    /** Most classes of a schema. */
    public static final int MAX_CLASSES = 150;

    private final String id;
    private final List<LabelClass> classes;
    private final Map<Integer, Integer> rawIds;
    private final byte[] classOfRawValue;

    private LabelSchema(String id, List<LabelClass> classes, Map<Integer, Integer> rawIds) {
        this.id = id;
        this.classes = List.copyOf(classes);
        this.rawIds = Map.copyOf(rawIds);
        this.classOfRawValue = lookUpTable();
    }

    /** Returns a schema whose label files hold class ids. */
    public static LabelSchema of(String id, List<LabelClass> classes) {
        return of(id, classes, Map.of());
    }

    /**
     * Returns a schema.
     *
     * @param id id of the schema; not blank
     * @param classes classes in the order of their ids
     * @param rawIds class id by raw label value, 0 to 255; other raw values are ignored. Empty: raw values are class ids
     * @throws UsageException when ids have gaps, names repeat, or the number of classes is outside 2..150
     */
    public static LabelSchema of(String id, List<LabelClass> classes, Map<Integer, Integer> rawIds) {
        if (id.isBlank()) {
            throw new UsageException("A label schema has no id; give it one such as \"my-fleet-12\".");
        }
        if (classes.size() < MIN_CLASSES || classes.size() > MAX_CLASSES) {
            throw new UsageException("Label schema " + id + " has " + classes.size() + " classes; between "
                    + MIN_CLASSES + " and " + MAX_CLASSES + " are supported.");
        }
        for (int i = 0; i < classes.size(); i++) {
            if (classes.get(i).id() != i) {
                throw new UsageException("Label schema " + id + " has class id "
                        + classes.get(i).id() + " in place " + i + "; list the classes by id, from 0, without gaps.");
            }
        }
        if (classes.stream().map(LabelClass::name).distinct().count() != classes.size()) {
            throw new UsageException("Label schema " + id + " has two classes of one name; make the names distinct.");
        }
        rawIds.forEach((raw, to) -> requireRawId(id, classes.size(), raw, to));
        return new LabelSchema(id, classes, rawIds);
    }

    private static void requireRawId(String id, int classes, int raw, int to) {
        if (raw < 0 || raw > 255 || to < 0 || to >= classes) {
            throw new UsageException("Label schema " + id + " maps raw value " + raw + " to class " + to
                    + "; raw values run from 0 to 255 and classes from 0 to " + (classes - 1) + ".");
        }
    }

    /**
     * Returns the schema of a JSON file.
     *
     * @throws UsageException when the file cannot be read or is not a schema
     */
    public static LabelSchema read(Path json) {
        return LabelSchemaJson.read(json);
    }

    /**
     * Returns the schema of a JSON text.
     *
     * @throws UsageException when the text is not a schema
     */
    public static LabelSchema parse(String json) {
        return LabelSchemaJson.parse(json, "the given text");
    }

    /**
     * Returns the schema of a JSON node.
     *
     * @param node JSON object
     * @param where name of its origin, for error messages
     * @throws UsageException when the node is not a schema
     */
    public static LabelSchema of(JsonNode node, String where) {
        return LabelSchemaJson.of(node, where);
    }

    /** Returns the schema as JSON that {@link #parse} reads. */
    public String toJson() {
        return LabelSchemaJson.write(this);
    }

    /** Returns the id. */
    public String id() {
        return id;
    }

    /** Returns the number of classes. */
    public int classCount() {
        return classes.size();
    }

    /** Returns the classes in the order of their ids. */
    public List<LabelClass> classes() {
        return classes;
    }

    /**
     * Returns a class.
     *
     * @param classId id of the class, 0 to classCount() - 1
     */
    public LabelClass classOf(int classId) {
        return classes.get(classId);
    }

    /** Returns {@link #IGNORE}. */
    public int ignore() {
        return IGNORE;
    }

    /** Returns the class id by raw label value; empty where raw values are class ids. */
    public Map<Integer, Integer> rawIds() {
        return rawIds;
    }

    /**
     * Returns the meaning of a raw value: a class id, {@link #IGNORE}, or -1 for a value that the schema does not allow.
     *
     * @param rawValue value in a label file, 0 to 255
     */
    short meaningOf(int rawValue) {
        if (classOfRawValue[rawValue] == (byte) IGNORE) {
            boolean allowed = rawValue == IGNORE || !rawIds.isEmpty();
            return allowed ? (short) IGNORE : (short) -1;
        }
        return (short) (classOfRawValue[rawValue] & 0xFF);
    }

    private byte[] lookUpTable() {
        byte[] table = new byte[256];
        for (int raw = 0; raw < 256; raw++) {
            int meaning = rawIds.isEmpty() ? (raw < classes.size() ? raw : IGNORE) : rawIds.getOrDefault(raw, IGNORE);
            table[raw] = (byte) meaning;
        }
        return table;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSchema that
                && id.equals(that.id)
                && classes.equals(that.classes)
                && rawIds.equals(that.rawIds);
    }

    @Override
    public int hashCode() {
        return 31 * id.hashCode() + classes.hashCode();
    }

    @Override
    public String toString() {
        return id + " (" + classes.size() + " classes" + (rawIds.isEmpty() ? "" : ", raw ids " + new TreeMap<>(rawIds))
                + ")";
    }
}
