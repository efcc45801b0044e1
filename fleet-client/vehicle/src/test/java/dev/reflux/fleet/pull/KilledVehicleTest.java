package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KilledVehicleTest extends VehicleBed {

    @Test
    void givenAVehicleThatPulls_whenItIsKilledAtAnyMoment_thenAWholeStudentIsInUse() throws Exception {
        int versions = 4;
        List<String> whole = new ArrayList<>();
        for (int i = 1; i <= versions; i++) {
            whole.add("student " + i + " ".repeat(300_000));
            publish(whole.get(i - 1));
        }
        registry.deltas().add(MODEL, 1, 2);
        Random random = new Random(3);

        for (int kill = 0; kill < 5; kill++) {
            killAfter(versions, random.nextInt(250));

            PulledStudent inUse = puller(PullPolicy.DEFAULT).current().orElseThrow();
            assertThat(Files.readString(inUse.file())).isEqualTo(whole.get((int) inUse.version() - 1));
            assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                    .isEqualTo(whole.get((int) inUse.version() - 1));
            assertThat(Files.readString(inUse.weights())).startsWith("weights of student " + inUse.version());
        }
    }

    private void killAfter(int versions, int millis) throws Exception {
        Process vehicle = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Duser.language=" + System.getProperty("user.language"),
                        "-Duser.timezone=" + System.getProperty("user.timezone"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessPullMain.class.getName(),
                        store.endpoint().toString(),
                        store.accessKey(),
                        store.secretKey(),
                        MODEL,
                        directory.resolve("vehicle").toString(),
                        String.valueOf(versions))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = vehicle.inputReader()) {
            assertThat(said.lines().anyMatch("pulling"::equals)).isTrue();
            // When it dies must not depend on what it does.
            assertThat(vehicle.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            vehicle.destroyForcibly().waitFor();
        }
    }
}
