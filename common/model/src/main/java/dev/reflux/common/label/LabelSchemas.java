package dev.reflux.common.label;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The label schemas of a service by id. Immutable; any thread. */
public final class LabelSchemas {

    /** Ids of the schemas that ship with Reflux, as files beside this class. */
    private static final List<String> BUILT_IN = List.of("cityscapes-19", "camvid-11", "synthetic-9");

    private final Map<String, LabelSchema> byId;

    private LabelSchemas(Map<String, LabelSchema> byId) {
        this.byId = Map.copyOf(byId);
    }

    /** Returns the schemas of Cityscapes (label ids mapped to its 19 train ids), CamVid (11 classes) and the synthetic scenes. */
    public static LabelSchemas builtIn() {
        Map<String, LabelSchema> schemas = new LinkedHashMap<>();
        BUILT_IN.forEach(id -> schemas.put(id, resource(id)));
        return new LabelSchemas(schemas);
    }

    /** Returns these schemas and one more, which replaces one of the same id. */
    public LabelSchemas with(LabelSchema more) {
        Map<String, LabelSchema> schemas = new LinkedHashMap<>(byId);
        schemas.put(more.id(), more);
        return new LabelSchemas(schemas);
    }

    /** Returns the schema of an id; empty where there is none. */
    public Optional<LabelSchema> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /**
     * Returns the schema of an id.
     *
     * @throws RejectedFrameException with {@link Rejection#UNKNOWN_LABEL_SCHEMA} where there is none
     */
    public LabelSchema require(String id) throws RejectedFrameException {
        LabelSchema schema = byId.get(id);
        if (schema == null) {
            throw new RejectedFrameException(
                    Rejection.UNKNOWN_LABEL_SCHEMA,
                    "Label schema \"" + id + "\" is not known here; give the service its file or use one of "
                            + byId.keySet().stream().sorted().toList() + ".");
        }
        return schema;
    }

    private static LabelSchema resource(String id) {
        try (InputStream in =
                Objects.requireNonNull(LabelSchemas.class.getResourceAsStream(id + ".json"), "no resource " + id)) {
            return LabelSchemaJson.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
