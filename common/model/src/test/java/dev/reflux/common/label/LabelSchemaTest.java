package dev.reflux.common.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSchemaTest {

    @ParameterizedTest
    @ValueSource(strings = {"cityscapes-19", "camvid-11", "synthetic-9"})
    void givenABuiltInSchema_whenWrittenAndParsed_thenItIsTheSame(String id) throws RejectedFrameException {
        LabelSchema schema = LabelSchemas.builtIn().require(id);

        LabelSchema parsed = LabelSchema.parse(schema.toJson());

        assertThat(parsed).isEqualTo(schema);
        assertThat(id).endsWith("-" + schema.classCount());
    }

    /** Train ids as the Cityscapes scripts publish them. */
    @ParameterizedTest
    @CsvSource({"7,road", "8,sidewalk", "11,building", "17,pole", "23,sky", "24,person", "26,car", "33,bicycle"})
    void givenACityscapesLabelId_whenMapped_thenItIsItsTrainClass(int labelId, String name)
            throws RejectedFrameException {
        LabelSchema schema = LabelSchemas.builtIn().require("cityscapes-19");

        int trainId = schema.rawIds().get(labelId);

        assertThat(schema.classOf(trainId).name()).isEqualTo(name);
    }

    @Test
    void givenTheCardsForm_whenParsed_thenNamesAndPaletteAreRead() {
        LabelSchema schema = LabelSchema.parse(
                """
                {"id": "two", "classes": ["road", "sky"], "palette": [[1, 2, 3], [255, 0, 16]], "ignore": 255}""");

        assertThat(schema.classes())
                .containsExactly(new LabelClass(0, "road", 0x010203), new LabelClass(1, "sky", 0xFF0010));
    }

    @Test
    void givenTheMostClasses_whenParsed_thenTheyAreTakenAndOneMoreIsNot() {
        assertThat(LabelSchema.parse(withClasses(150)).classCount()).isEqualTo(150);
        assertThatThrownBy(() -> LabelSchema.parse(withClasses(151))).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> LabelSchema.parse(withClasses(1))).isInstanceOf(UsageException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "not json | is not JSON",
                "{\"classes\": [\"a\", \"b\"]} | no \"id\"",
                "{\"id\": \"x\"} | no list \"classes\"",
                "{\"id\": \"x\", \"classes\": [\"a\", \"a\"]} | two classes of one name",
                "{\"id\": \"x\", \"classes\": [{\"id\": 0, \"name\": \"a\"}, {\"id\": 2, \"name\": \"b\"}]} | without gaps",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"palette\": [[0, 0], [1, 1, 1]]} | three numbers",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"palette\": [[0, 0, 256], [1, 1, 1]]} | outside 0..255",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawIds\": {\"300\": 0}} | 0 to 255",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawIds\": {\"q\": 0}} | raw label values",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawIds\": {\"3\": 2}} | classes from 0 to 1",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawIds\": {\"3\": \"1\"}} | give the id of a class",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawIds\": {\"3\": 1.5}} | give the id of a class",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawIds\": [0, 1]} | a class id for each raw label value",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"rawids\": {\"3\": 1}} | key \"rawids\"",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"ignore\": 0} | can only be 255",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"ignore\": \"255\"} | can only be 255",
                "{\"id\": \"x\", \"classes\": [\"a\", \"b\"], \"palette\": [[0, 0, 1]]} | one color for each of the 2",
                "{\"id\": \"x\", \"classes\": [{\"name\": \"a\"}], \"palette\": [[0, 0, 1]]} | give each its \"rgb\"",
                "{\"id\": \"x\", \"classes\": [{\"name\": \"a\", \"color\": 1}]} | key \"color\"",
                "{\"id\": \"x\", \"classes\": [{\"name\": \"a\", \"id\": \"0\"}]} | must be a whole number",
            })
    void givenAMistake_whenParsed_thenItIsNamedInOneSentence(String json, String words) {
        assertThatThrownBy(() -> LabelSchema.parse(json))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(words);
    }

    @Test
    void givenAFile_whenRead_thenItIsTheSchemaAndAMissingOneIsNamed(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("schema.json"), withClasses(3));

        assertThat(LabelSchema.read(file).classCount()).isEqualTo(3);
        assertThatThrownBy(() -> LabelSchema.read(dir.resolve("absent.json")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("absent.json");
    }

    @Test
    void givenAnUnknownId_whenRequired_thenTheKnownOnesAreNamed() {
        assertThatThrownBy(() -> LabelSchemas.builtIn().require("mapillary"))
                .isInstanceOfSatisfying(RejectedFrameException.class, e -> assertThat(e.reason())
                        .isEqualTo(Rejection.UNKNOWN_LABEL_SCHEMA))
                .hasMessageContaining("mapillary")
                .hasMessageContaining("camvid-11");
    }

    private static String withClasses(int n) {
        String names = IntStream.range(0, n).mapToObj(i -> "\"c" + i + "\"").collect(Collectors.joining(","));
        return "{\"id\": \"many\", \"classes\": [" + names + "]}";
    }
}
