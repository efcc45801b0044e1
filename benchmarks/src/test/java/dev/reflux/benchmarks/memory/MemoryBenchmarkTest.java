package dev.reflux.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.torch.TorchOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MemoryBenchmarkTest {

    private static final Path STUDENT = Path.of("../models/fixtures/tiny-student.json");

    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void givenFewSteps_whenWatched_thenSamplesGrowthAndPlotAgree() {
        MemoryBenchmark benchmark = new MemoryBenchmark(STUDENT, new TorchOptions(2, "cpu"), 90, 50, told -> {});

        MemoryFigures figures = benchmark.run();

        assertThat(figures.samples())
                .extracting(MemoryFigures.Sample::step)
                .containsExactly(10, 20, 30, 40, 50, 60, 70, 80, 90);
        assertThat(figures.samples())
                .allSatisfy(one -> assertThat(one.resident()).isGreaterThan(50));
        assertThat(figures.reference())
                .isEqualTo(figures.samples().subList(2, 5).stream()
                        .mapToDouble(MemoryFigures.Sample::resident)
                        .average()
                        .orElseThrow());
        assertThat(figures.growth()).isEqualTo(figures.end() / figures.reference() - 1);
        assertThat(figures.plot()).startsWith("<svg").contains("resident, MiB");
        assertThat(figures.text()).contains(figures.flat() ? "flat" : "NOT FLAT", "at step 50");
    }

    @Test
    void givenGrowthAroundWhatIsAllowed_whenJudged_thenOnlyWhatIsWithinIsFlat() {
        assertThat(figures(0.05).flat()).isTrue();
        assertThat(figures(-0.3).flat()).isTrue();
        assertThat(figures(0.051).flat()).isFalse();
        assertThat(figures(0.051).text()).contains("NOT FLAT", "+5.1 %");
    }

    private static MemoryFigures figures(double growth) {
        return new MemoryFigures("student", 2000, 200, 100, 100 * (1 + growth), growth, 0.05, List.of());
    }

    @Test
    void givenAStatusFile_whenRead_thenItIsTheResidentSetInMebibytes() throws Exception {
        Path status = Files.writeString(folder.resolve("status"), "Name:\tjava\nVmPeak:\t9999 kB\nVmRSS:\t  2048 kB\n");

        double mebibytes = ResidentMemory.mebibytes(status);

        assertThat(mebibytes).isEqualTo(2);
    }

    @Test
    void givenASystemThatDoesNotTell_whenAsked_thenOneSentenceSaysWhatToDo() {
        assertThatThrownBy(() -> ResidentMemory.mebibytes(folder.resolve("absent")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("Linux");
    }
}
