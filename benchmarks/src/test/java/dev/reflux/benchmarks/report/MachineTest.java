package dev.reflux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

    @TempDir
    private Path folder;

    @Test
    void givenTwoProcessors_whenTheirFileIsRead_thenTheFirstModelIsNamedWithoutBlanks() throws Exception {
        Path cpuInfo = Files.writeString(
                folder.resolve("cpuinfo"),
                """
                processor\t: 0
                model\t\t: 17
                model name\t: Example 9000: 64 cores\s
                processor\t: 1
                model name\t: Another
                """);

        String name = Machine.processorName(cpuInfo);

        assertThat(name).isEqualTo("Example 9000: 64 cores");
    }

    @Test
    void givenASystemWithoutThatFile_whenItIsRead_thenTheProcessorIsUnknown() {
        String name = Machine.processorName(folder.resolve("absent"));

        assertThat(name).isEqualTo("unknown processor");
    }
}
