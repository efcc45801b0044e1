package dev.reflux.common.label;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which classes a data set's labels have: ids 0 to {@code classCount() - 1} without gaps, their names and colours, and
 * optionally how the raw values in label files map to those ids. Everything that knows classes knows them from here.
 * Immutable.
 */
public final class LabelSchema {

    /** The label value that takes part in nothing: no loss, no score. */
    public static final int IGNORE = 255;

    public static final int MIN_CLASSES = 2;
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

    /** A schema whose label files already hold class ids. */
    public static LabelSchema of(String id, List<LabelClass> classes) {
        return of(id, classes, Map.of());
    }

    /**
     * @param rawIds class id of each raw label value, 0..255; a raw value that is absent means ignore; empty: raw values
     *     are class ids
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
            throw new UsageException("Label schema " + id + " names two classes alike; make the names distinct.");
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

    /** @throws UsageException when the file cannot be read or is no schema */
    public static LabelSchema read(Path json) {
        return LabelSchemaJson.read(json);
    }

    /** @throws UsageException when the text is no schema */
    public static LabelSchema parse(String json) {
        return LabelSchemaJson.parse(json, "the given text");
    }

    /** @throws UsageException when the node is no schema */
    public static LabelSchema of(JsonNode node, String where) {
        return LabelSchemaJson.of(node, where);
    }

    public String toJson() {
        return LabelSchemaJson.write(this);
    }

    public String id() {
        return id;
    }

    public int classCount() {
        return classes.size();
    }

    /** In the order of their ids. */
    public List<LabelClass> classes() {
        return classes;
    }

    /** @param classId 0..classCount()-1 */
    public LabelClass classOf(int classId) {
        return classes.get(classId);
    }

    public int ignore() {
        return IGNORE;
    }

    /** Class id of each raw label value; empty when raw values are class ids. */
    public Map<Integer, Integer> rawIds() {
        return rawIds;
    }

    /**
     * What each raw byte of a label file means: 256 entries, a class id or {@link #IGNORE}; -1 as {@code short} marks a
     * value that the schema does not allow.
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
