package dev.reflux.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CARD =
            """
            {
              "name": "tiny", "role": "student", "format": "torchscript", "file": "tiny.pt",
              "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "bytes": 5,
              "forward": "(logits, features)", "description": "for tests", "training": "on two frames",
              "labelSchema": {"id": "two", "classes": ["road", "sky"], "palette": [[1, 2, 3], [4, 5, 6]], "ignore": 255},
              "input": {"width": 480, "height": 360, "channels": "RGB", "scale": "1/255",
                        "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
              "logits": {"stride": 4}, "features": {"channels": 64, "stride": 16, "rounding": "ceil"},
              "reheadable": true, "parameters": 12, "licence": "Apache-2.0", "metrics": {"miou": 61.9}
            }""";

    @Test
    void givenACard_whenWrittenAndParsed_thenItIsTheSame() {
        ModelCard card = ModelCard.parse(CARD);

        ModelCard parsed = ModelCard.parse(card.toJson());

        assertThat(parsed).isEqualTo(card);
        assertThat(card.input().mean()).isEqualTo(List.of(0.485f, 0.456f, 0.406f));
        assertThat(card.featuresStride()).isEqualTo(16);
        assertThat(card.reheadable()).isTrue();
    }

    @Test
    void givenTheRightFile_whenVerified_thenItPassesAndAnyOtherIsRefused(@TempDir Path dir) throws Exception {
        ModelCard card = ModelCard.parse(CARD);
        Path file = card.modelFile(dir.resolve("tiny.json"));
        Files.writeString(file, "hello");

        card.verify(file);

        Files.writeString(file, "hellO");
        assertThatThrownBy(() -> card.verify(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("tiny.pt")
                .hasMessageContaining("sha256");
        Files.delete(file);
        assertThatThrownBy(() -> card.verify(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("read");
    }

    @Test
    void givenAMistake_whenParsed_thenItsKeyIsNamed() throws Exception {
        mistake("\"name\"", card -> card.remove("name"));
        mistake("torchscript", card -> card.put("format", "onnx"));
        mistake("beside the card", card -> card.put("file", "../../etc/passwd"));
        mistake("sha256", card -> card.put("sha256", "abc"));
        mistake("logits.stride", card -> card.putObject("logits").put("stride", 0));
        mistake("features.channels", card -> card.putObject("features").put("stride", 4));
        mistake("input.std", card -> ((ObjectNode) card.get("input"))
                .putArray("std")
                .add(1)
                .add(0)
                .add(1));
        mistake(
                "input.mean",
                card -> ((ObjectNode) card.get("input")).putArray("mean").add(1));
        mistake("\"id\"", card -> card.putObject("labelSchema"));
    }

    /** Key; a value that it cannot have; the words of the refusal. Sizes and hashes are held against the file. */
    private static final String[][] WRONG = {
        {"/name", "7", "\"name\""},
        {"/name", "\" \"", "\"name\""},
        {"/role", "\"pupil\"", "teacher or student"},
        {"/format", "\"onnx\"", "only \"torchscript\""},
        {"/file", "\"../x.pt\"", "beside the card"},
        {"/sha256", "\"2CF2\"", "64 lower-case hex digits"},
        {"/bytes", "-1", "\"bytes\""},
        {"/bytes", "\"5\"", "\"bytes\""},
        {"/forward", "\"logits\"", "only \"(logits, features)\""},
        {"/labelSchema", "[]", "\"id\""},
        {"/labelSchema/id", "3", "\"id\""},
        {"/labelSchema/classes", "\"road\"", "\"classes\""},
        {"/labelSchema/palette", "[[1, 2, 3]]", "one color for each"},
        {"/labelSchema/ignore", "0", "can only be 255"},
        {"/input", "7", "input.width"},
        {"/input/width", "0", "input.width"},
        {"/input/height", "1.5", "input.height"},
        {"/input/channels", "\"BGR\"", "only \"RGB\""},
        {"/input/scale", "\"1\"", "divide mean and std by 255"},
        {"/input/scale", "1", "divide mean and std by 255"},
        {"/input/mean", "[123.7, 116.3, 103.5]", "divide values for 0 to 255 by 255"},
        {"/input/mean", "[\"0.4\", 0.4, 0.4]", "three numbers from 0 to 1"},
        {"/input/mean", "[0.4, 0.4]", "three numbers, for R, G and B"},
        {"/input/mean", "[-0.1, 0.4, 0.4]", "from 0 to 1"},
        {"/input/std", "[58.4, 57.1, 57.4]", "divide values for 0 to 255 by 255"},
        {"/input/std", "[0.2, 0, 0.2]", "above 0"},
        {"/input/std", "{\"r\": 1, \"g\": 1, \"b\": 1}", "a list of three numbers"},
        {"/logits", "4", "logits.stride"},
        {"/logits/stride", "0", "logits.stride"},
        {"/features", "null", "features.stride"},
        {"/features/stride", "\"16\"", "features.stride"},
        {"/features/channels", "-3", "features.channels"},
        {"/features/rounding", "\"floor\"", "only \"ceil\""},
        {"/reheadable", "\"yes\"", "true or false"},
        {"/parameters", "1.5", "\"parameters\""},
        {"/licence", "7", "\"licence\""},
        {"/description", "[]", "\"description\""},
        {"/training", "{}", "\"training\""},
        {"/metrics", "61.9", "\"metrics\""},
    };

    @ParameterizedTest(name = "{0}: {1}")
    @FieldSource("WRONG")
    void givenAWrongValue_whenParsed_thenItIsRefusedWithAWord(String key, String value, String words) throws Exception {
        ObjectNode card = (ObjectNode) JSON.readTree(CARD);
        parent(card, key).set(last(key), JSON.readTree(value));

        assertThatThrownBy(() -> ModelCard.parse(card.toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(words);
    }

    @Test
    void givenEveryKeyOfACard_whenTheWrongValuesAreLookedThrough_thenEachHasOne() throws Exception {
        Set<String> tried = Arrays.stream(WRONG).map(row -> row[0]).collect(Collectors.toSet());

        Set<String> keys = new TreeSet<>();
        collect(JSON.readTree(CARD), "", keys);

        keys.removeIf(key -> key.startsWith("/metrics/"));
        assertThat(tried).containsAll(keys);
    }

    @Test
    void givenACardWithoutOneKey_whenParsed_thenItIsRefusedUnlessTheKeyHasOneMeaning() throws Exception {
        Set<String> keys = new TreeSet<>();
        collect(JSON.readTree(CARD), "", keys);
        Set<String> optional = new TreeSet<>();

        for (String key : keys) {
            ObjectNode card = (ObjectNode) JSON.readTree(CARD);
            parent(card, key).remove(last(key));
            try {
                ModelCard.parse(card.toString());
                optional.add(key);
            } catch (UsageException e) {
                assertThat(e).hasMessageContaining(last(key).equals("labelSchema") ? "label schema" : last(key));
            }
        }

        assertThat(optional)
                .containsExactlyInAnyOrder(
                        "/bytes",
                        "/description",
                        "/features/rounding",
                        "/forward",
                        "/input/channels",
                        "/input/scale",
                        "/labelSchema/ignore",
                        "/labelSchema/palette",
                        "/training",
                        "/licence",
                        "/metrics",
                        "/metrics/miou",
                        "/parameters",
                        "/reheadable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/scael", "/input/bias", "/logits/rounding", "/features/size", "/labelSchema/rawids"})
    void givenAKeyThatNobodyReads_whenParsed_thenItIsRefused(String key) throws Exception {
        ObjectNode card = (ObjectNode) JSON.readTree(CARD);
        parent(card, key).put(last(key), 1);

        assertThatThrownBy(() -> ModelCard.parse(card.toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("The key \"" + last(key) + "\"")
                .hasMessageContaining("is not known; its keys are ");
    }

    @Test
    void givenAnotherLengthThanTheCards_whenVerified_thenBothAreNamed(@TempDir Path dir) throws Exception {
        ObjectNode json = (ObjectNode) JSON.readTree(CARD);
        ModelCard card = ModelCard.parse(json.put("bytes", 6).toString());
        Path file = Files.writeString(dir.resolve("tiny.pt"), "hello");

        assertThatThrownBy(() -> card.verify(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("has 5 bytes and card tiny says 6");
    }

    @Test
    void givenAModelForACard_whenRead_thenItIsNotReadWhole(@TempDir Path dir) throws Exception {
        Path file = Files.write(dir.resolve("model.json"), new byte[(1 << 20) + 1]);

        assertThatThrownBy(() -> ModelCard.read(file))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("give the card, not the model");
    }

    private static void collect(JsonNode node, String at, Set<String> keys) {
        node.properties().forEach(entry -> {
            keys.add(at + "/" + entry.getKey());
            collect(entry.getValue(), at + "/" + entry.getKey(), keys);
        });
    }

    private static ObjectNode parent(ObjectNode card, String key) {
        return (ObjectNode) card.at(key.substring(0, key.lastIndexOf('/')));
    }

    private static String last(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    private static void mistake(String named, Consumer<ObjectNode> change) throws Exception {
        ObjectNode card = (ObjectNode) new ObjectMapper().readTree(CARD);
        change.accept(card);

        assertThatThrownBy(() -> ModelCard.parse(card.toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(named);
    }
}
