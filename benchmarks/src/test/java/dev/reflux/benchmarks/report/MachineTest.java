package dev.reflux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void givenThisMachine_whenAsked_thenItSaysWhatWouldBeNeededToCompare() {
        Machine here = Machine.here();

        assertThat(here.processor()).isNotBlank();
        assertThat(here.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(here.java()).isEqualTo(System.getProperty("java.version"));
        assertThat(here.toString()).contains(here.processor(), here.cores() + " cores", "Java " + here.java());
    }
}
