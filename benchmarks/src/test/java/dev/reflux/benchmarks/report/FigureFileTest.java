package dev.reflux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.failure.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureFileTest {

    @TempDir
    private Path folder;

    @Test
    void givenFigures_whenWritten_thenTheFileNamesTheMachineAndHoldsThem() throws Exception {
        FigureFile published = FigureFile.now("demo", Spread.of(List.of(2.0)));

        Path file = published.write(folder.resolve("new"));

        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(file).hasFileName("demo.json");
        assertThat(json.at("/machine/processor").asText()).isNotBlank();
        assertThat(Instant.parse(json.at("/measured").asText())).isBefore(Instant.now());
        assertThat(json.at("/figures/median").asDouble()).isEqualTo(2);
    }

    @Test
    void givenAFolderThatCannotBe_whenWritten_thenOneSentenceNamesIt() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> FigureFile.now("demo", List.of()).write(file.resolve("below")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--out");
    }
}
