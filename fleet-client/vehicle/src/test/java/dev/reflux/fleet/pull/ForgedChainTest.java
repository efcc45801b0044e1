package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.SealedJson;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every manifest of a chain is verified before its delta is applied. */
class ForgedChainTest extends VehicleBed {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void givenAForgedStepThatDeclaresMuch_whenPulled_thenNothingOfItIsAllocatedAndTheStudentComesWhole()
            throws IOException {
        SigningKey key = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(key.publicKey()))));
        String much = "a student of many words ".repeat(4000);
        publishSigned(much + 1, key);
        puller.pull("1");
        StudentVersion second = publishSigned(much + 2, key);
        publishSigned(much + 3, key);
        registry.deltas().add(MODEL, 2, 3);
        forge(second, 300_000);
        delta(1, 2, new byte[74]);
        long before = allocated();

        PulledStudent pulled = puller.pull("3");

        assertThat(Files.readString(pulled.file())).isEqualTo(much + 3);
        assertThat(allocated() - before).isLessThan(16_000_000);
    }

    @Test
    void givenAForgedStepThatWouldDoNoHarm_whenPulled_thenItsDeltaIsNotEvenFetched() throws IOException {
        SigningKey key = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(key.publicKey()))));
        String much = "a student of many words ".repeat(400);
        publishSigned(much + 1, key);
        puller.pull("1");
        StudentVersion second = publishSigned(much + 2, key);
        StudentVersion third = publishSigned(much + 3, key);
        registry.deltas().add(MODEL, 1, 2);
        registry.deltas().add(MODEL, 2, 3);
        ObjectNode body = body(second);
        body.put("writer", "mallory");
        put(second, SealedJson.seal(map(body), Optional.empty()));
        // Without the whole student, only the chain could have made it.
        Files.delete(bucket().resolve(third.blob(Artifact.STUDENT).key()));

        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> puller.pull("3"));

        assertThat(failure)
                .isInstanceOf(RefusedStudentException.class)
                .hasMessageContaining("student.pt of street version 3 is missing");
        assertThat(puller.current().orElseThrow().version()).isEqualTo(1);
    }

    private void forge(StudentVersion version, long bytes) throws IOException {
        ObjectNode body = body(version);
        for (Artifact artifact : Artifact.values()) {
            ((ObjectNode) body.path("artifacts").path(artifact.fileName())).put("bytes", bytes);
        }
        put(version, SealedJson.seal(map(body), Optional.empty()));
    }

    private ObjectNode body(StudentVersion version) throws IOException {
        return (ObjectNode) JSON.readTree(Files.readAllBytes(manifest(version))).path("body");
    }

    private void put(StudentVersion version, byte[] object) throws IOException {
        Files.write(manifest(version), object);
    }

    private void delta(long from, long to, byte[] rest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("RXD1".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(rest);
        String hash = Sha256.hex(bytes.toByteArray());
        DeltaRecord made = new DeltaRecord(
                MODEL, from, to, new StudentVersion.Blob(MODEL + "/blobs/" + hash + "-1", hash, bytes.size()));
        Files.write(bucket().resolve(made.blob().key()), bytes.toByteArray());
        Path record = bucket().resolve(made.key());
        Files.createDirectories(record.getParent());
        Files.write(record, made.write());
    }

    private Path manifest(StudentVersion version) {
        return bucket().resolve(BucketLayout.versions(MODEL).of(version.version()));
    }

    private Path bucket() {
        return directory.resolve("store/reflux");
    }

    private static Map<String, Object> map(ObjectNode body) {
        Map<String, Object> content = new TreeMap<>();
        body.properties().forEach(entry -> content.put(entry.getKey(), entry.getValue()));
        return content;
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
