package dev.reflux.common.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On processes that are really told to end. */
class ClosedAtShutdownTest {

    private static final int SIGTERM = 143;

    /** What the second process is: a service that closes in the way that its argument names. */
    static final class ServiceMain {

        private ServiceMain() {}

        public static void main(String[] args) throws Exception {
            Duration patience = Duration.ofMillis(args[0].equals("never") ? 100 : 60_000);
            ClosedAtShutdown stop = ClosedAtShutdown.of("service", patience, () -> close(args[0]));
            System.out.println("up");
            stop.await();
            // A main returns now: the code that it asks for comes too late.
            System.exit(0);
        }

        private static void close(String how) throws Exception {
            System.out.println("closing");
            switch (how) {
                case "slowly" -> Thread.sleep(300);
                case "badly" -> throw new IllegalStateException("a disk is full");
                case "never" -> new CountDownLatch(1).await();
                default -> {
                    // at once
                }
            }
            System.out.println("closed");
        }
    }

    @ParameterizedTest
    @CsvSource({"quickly, up closing closed", "slowly, up closing closed", "badly, up closing", "never, up closing"})
    void givenAService_whenItsProcessIsAskedToEnd_thenItIsClosedFirstAndHoldsUpNothingForEver(String how, String heard)
            throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServiceMain.class.getName(),
                        how)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("up");

            // Of the process itself: Process.destroy() would close the stream that is read here.
            process.toHandle().destroy();

            List<String> rest = said.lines().toList();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(SIGTERM);
            assertThat("up " + String.join(" ", rest)).isEqualTo(heard);
        } finally {
            process.destroyForcibly();
        }
    }
}
