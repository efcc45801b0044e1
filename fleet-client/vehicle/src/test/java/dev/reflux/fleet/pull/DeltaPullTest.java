package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.StudentVersion;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class DeltaPullTest extends VehicleBed {

    @Test
    void givenDeltas_whenPulled_thenTheChainSufficesAndTheFilesAreTheSame() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        String much = "a student of many words ".repeat(400);
        publish(much + 1);
        puller.pull("latest");
        publish(much + 2);
        StudentVersion third = publish(much + 3);
        registry.deltas().add(MODEL, 1, 2);
        registry.deltas().add(MODEL, 2, 3);
        removeWholeStudent(third);

        PulledStudent pulled = puller.pull("latest");

        assertThat(pulled.version()).isEqualTo(3);
        assertThat(Files.readString(pulled.file())).isEqualTo(much + 3);
        assertThat(Sha256.hex(pulled.weights()))
                .isEqualTo(third.blob(Artifact.WEIGHTS).sha256());
    }

    @Test
    void givenADamagedDelta_whenPulled_thenTheStudentIsFetchedWhole() throws IOException {
        StudentPuller puller = puller(PullPolicy.DEFAULT);
        String much = "a student of many words ".repeat(400);
        publish(much + 1);
        puller.pull("latest");
        publish(much + 2);
        DeltaRecord delta = registry.deltas().add(MODEL, 1, 2).orElseThrow();
        Files.writeString(directory.resolve("store/reflux").resolve(delta.blob().key()), "evil");

        PulledStudent pulled = puller.pull("latest");

        assertThat(Files.readString(pulled.file())).isEqualTo(much + 2);
    }

    private void removeWholeStudent(StudentVersion version) throws IOException {
        Files.delete(directory
                .resolve("store/reflux")
                .resolve(version.blob(Artifact.STUDENT).key()));
    }
}
