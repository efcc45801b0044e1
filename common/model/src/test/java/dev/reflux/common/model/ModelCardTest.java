package dev.reflux.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {

    private static final String CARD =
            """
            {
              "name": "tiny", "role": "student", "format": "torchscript", "file": "tiny.pt",
              "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "bytes": 5,
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

    private static void mistake(String named, Consumer<ObjectNode> change) throws Exception {
        ObjectNode card = (ObjectNode) new ObjectMapper().readTree(CARD);
        change.accept(card);

        assertThatThrownBy(() -> ModelCard.parse(card.toString()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(named);
    }
}
