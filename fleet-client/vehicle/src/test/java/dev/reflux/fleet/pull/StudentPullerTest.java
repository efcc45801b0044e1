package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class StudentPullerTest extends VehicleBed {

    @Test
    void givenAPublishedStudent_whenPulled_thenItIsInUseUnderOnePath() throws IOException {
        publish("first");
        StudentPuller puller = puller(PullPolicy.DEFAULT);

        PulledStudent pulled = puller.pull("latest");

        assertThat(pulled.version()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                .isEqualTo("first");
        assertThat(puller.current()).contains(pulled);
    }

    @Test
    void givenANewerStudent_whenPulled_thenTheOldOneStaysAsTheLastGoodOne() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        publish("second");
        puller.pull("latest");
        Files.writeString(directory.resolve("vehicle/versions/00000002/student.pt"), "bitrot");

        PulledStudent inUse = puller.current().orElseThrow();

        assertThat(inUse.version()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                .isEqualTo("first");
    }

    @Test
    void givenDamagedFilesInUse_whenPulledAgain_thenTheyAreFetchedAnew() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        Files.writeString(directory.resolve("vehicle/versions/00000001/student.pt"), "bitrot");

        puller.pull("latest");

        assertThat(Files.readString(directory.resolve("vehicle/current/student.pt")))
                .isEqualTo("first");
    }

    @Test
    void givenATamperedObject_whenPulled_thenItIsRefusedAndTheOldOneStaysInUse() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        StudentVersion second = publish("second");
        Files.writeString(
                directory
                        .resolve("store/reflux")
                        .resolve(second.blob(Artifact.STUDENT).key()),
                "evil!!");

        assertThatThrownBy(() -> puller.pull("latest"))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.DAMAGED));

        assertThat(puller.current().orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void givenAnOlderVersion_whenPulled_thenItIsRefusedUnlessADowngradeIsAllowed() throws IOException {
        publish("first");
        publish("second");
        puller(PullPolicy.DEFAULT).pull("2");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("1")).hasMessageContaining("older than version 2");

        assertThat(puller(PullPolicy.DEFAULT.withDowngrade(true)).pull("1").version())
                .isEqualTo(1);
    }

    @Test
    void givenAnotherLabelSchema_whenPulled_thenItIsRefused() throws IOException {
        publish("first");

        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT.withLabelSchema("cityscapes-19"))
                        .pull("latest"))
                .isInstanceOf(RefusedStudentException.class)
                .hasMessageContaining("synthetic-9");

        assertThat(puller(PullPolicy.DEFAULT).current()).isEmpty();
    }

    @Test
    void givenARecordThatPowerLossEmptied_whenTheVehicleStarts_thenTheLastGoodStudentIsInUse() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        publish("first");
        puller.pull("latest");
        publish("second");
        for (String content : List.of("", "{}", "{\"model\":\"street\",\"version\":2,\"sha256\":{}}")) {
            puller.pull("latest");
            Files.writeString(directory.resolve("vehicle/versions/00000002/pulled.json"), content);

            assertThat(puller.current().orElseThrow().version()).as(content).isEqualTo(1);
        }
    }

    @Test
    void givenNoSuchVersion_whenPulled_thenTheSentenceNamesIt() {
        assertThatThrownBy(() -> puller(PullPolicy.DEFAULT).pull("17"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("17");
    }
}
