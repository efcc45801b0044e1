package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reflux.fleet.pull.RefusedStudentException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real disk that is full. */
class FullDiskTest extends VehicleBed {

    private static final int DISK = 3_000_000;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectories(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tmpfs", disk.toString()),
                "A small tmpfs cannot be mounted here; run as root to fill a real disk.");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    @Test
    void givenADiskWithoutRoomForTheNewStudent_whenPulled_thenTheOldOneStaysAndTheNextTryAfterCleaningSucceeds()
            throws IOException {
        publish("first");
        StudentPuller puller = new StudentPuller(registry.reader(), MODEL, disk, PullPolicy.DEFAULT);
        puller.pull("latest");
        publish("second " + "x".repeat(1_000_000));
        Path other = Files.write(disk.resolve("other"), new byte[2_700_000]);

        assertThatThrownBy(() -> puller.pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.DISK))
                .hasMessageContaining("street version 2 needs")
                .hasMessageEndingWith("it is not taken; free some space, the student in use stays.");

        assertThat(disk.resolve("current/student.pt")).hasContent("first");
        Files.delete(other);
        assertThat(puller.pull("latest").version()).isEqualTo(2);
    }

    @Test
    void givenADiskThatIsFullToTheLastByte_whenPulled_thenItIsOneSentenceAndNothingIsLeftThere() throws IOException {
        publish("first");
        StudentPuller puller = new StudentPuller(registry.reader(), MODEL, disk, PullPolicy.DEFAULT);
        puller.pull("latest");
        publish("second");
        fill();

        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> puller.pull("latest"));

        assertThat(failure).isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                .isEqualTo(Reason.DISK));
        assertThat(failure.getMessage())
                .contains("No space left on device")
                .endsWith("; free space there, the student in use stays.")
                .doesNotContain("\n");
        assertThat(puller.current().orElseThrow().version()).isEqualTo(1);
        assertThat(disk.resolve("versions/00000002.part")).doesNotExist();
    }

    /** Fills the disk with whole pages, so that not even an empty folder's first file has room. */
    private void fill() throws IOException {
        try (var out = Files.newOutputStream(disk.resolve("other"))) {
            byte[] page = new byte[4096];
            while (true) {
                out.write(page);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }
}
