package dev.reflux.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.launch.Failures;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TrainerMainTest {

    @Test
    void givenAServiceThatCannotStart_whenItsLogIsJson_thenTheReasonIsOneLineOfIt() throws Exception {
        ProcessBuilder trainer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.language=" + System.getProperty("user.language"),
                        "-Duser.timezone=" + System.getProperty("user.timezone"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TrainerMain.class.getName(),
                        "trainer")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        trainer.environment().put("REFLUX_LOG_FORMAT", "json");

        Process process = trainer.start();

        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(Failures.USAGE);
        assertThat(said.lines()).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(said);
        assertThat(line.get("message").asText()).contains("REFLUX_TRAINER_STORE_SECRET_KEY");
        assertThat(line.get("service.name").asText()).isEqualTo("reflux-trainer");
    }
}
