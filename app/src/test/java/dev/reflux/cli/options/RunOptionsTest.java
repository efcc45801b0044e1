package dev.reflux.cli.options;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RunOptionsTest {

    @Test
    void givenADiskThatIsAlmostFull_whenARunIsStarted_thenASentenceSaysHowMuchItNeeds() {
        assertThatThrownBy(() -> RunOptions.requireSpace(Path.of("out"), (256L << 20) - 1))
                .isInstanceOf(UsageException.class)
                .hasMessage("The disk of the folder out has 255 MiB left and a run needs at least 256 MiB; make room or"
                        + " choose another --out.");
    }

    @Test
    void givenADiskWithRoom_whenARunIsStarted_thenItStarts() {
        assertThatCode(() -> RunOptions.requireSpace(Path.of("out"), 256L << 20))
                .doesNotThrowAnyException();
    }
}
