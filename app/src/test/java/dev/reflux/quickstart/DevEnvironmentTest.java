package dev.reflux.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DevEnvironmentTest {

    @Test
    void givenVariablesOfAnotherInstallation_whenAProcessIsStarted_thenItDoesNotSeeThem() {
        DevEnvironment environment = new DevEnvironment(Map.of(
                "REFLUX_S3_BUCKET", "theirs",
                "REFLUX_S3_SECRET_KEY", "theirs",
                "REFLUX_REGISTRY_TOKEN", "theirs",
                "REFLUX_KAFKA_BOOTSTRAP_SERVERS", "theirs:9092",
                "REFLUX_TEACHER_KAFKA_BOOTSTRAP_SERVERS", "theirs:9092",
                "REFLUX_TRAINER_STORE_ENDPOINT", "http://theirs",
                "PATH", "/bin"));

        Map<String, String> seen = environment.with("-Xmx1g");

        assertThat(seen)
                .containsOnly(
                        Map.entry("PATH", "/bin"),
                        Map.entry("REFLUX_JAVA_OPTS", "-Xmx1g"),
                        Map.entry("REFLUX_SKIP_BUILD", "1"));
    }

    @Test
    void givenVariablesThatSetTheLearning_whenAProcessIsStarted_thenItSeesThem() {
        DevEnvironment environment = new DevEnvironment(Map.of(
                "REFLUX_TRAINER_LEARNING_UPDATES", "1", "REFLUX_JAVA_OPTS", "-Xmx2g", "REFLUX_LOG_LEVEL", "DEBUG"));

        Map<String, String> seen = environment.with("-Xmx1g");

        assertThat(seen)
                .containsEntry("REFLUX_TRAINER_LEARNING_UPDATES", "1")
                .containsEntry("REFLUX_LOG_LEVEL", "DEBUG")
                // The last of two options counts.
                .containsEntry("REFLUX_JAVA_OPTS", "-Xmx1g -Xmx2g");
    }
}
