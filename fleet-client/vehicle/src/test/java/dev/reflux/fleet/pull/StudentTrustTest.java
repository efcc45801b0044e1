package dev.reflux.fleet.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.model.Sha256;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.StudentVersion;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.store.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class StudentTrustTest extends VehicleBed {

    @Test
    void givenATrustFile_whenAStudentIsUnsignedOrWronglySigned_thenItIsRefusedAndTheSentenceSaysWhich()
            throws IOException {
        SigningKey trusted = SigningKey.generate();
        SigningKey foreign = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(trusted.publicKey()))));
        publish("unsigned");
        assertRefused(puller, "1", "street version 1 is not signed: it is refused.");

        publishSigned("foreign", foreign);
        assertRefused(
                puller,
                "2",
                "street version 2 is signed with key " + foreign.id() + ", which is not among the trusted ones ["
                        + trusted.id() + "]: it is refused.");

        publishSigned("good", trusted);
        assertThat(puller.pull("3").version()).isEqualTo(3);
    }

    @Test
    void givenAManifestThatWasRewrittenUnderAnOldSignature_whenPulled_thenItIsRefused() throws Exception {
        SigningKey trusted = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(trusted.publicKey()))));
        StudentVersion version = publishSigned("good", trusted);
        Path object = directory
                .resolve("store/reflux")
                .resolve(BucketLayout.versions(version.model()).of(version.version()));
        com.fasterxml.jackson.databind.ObjectMapper json = new com.fasterxml.jackson.databind.ObjectMapper();
        var root = (com.fasterxml.jackson.databind.node.ObjectNode) json.readTree(object.toFile());
        ((com.fasterxml.jackson.databind.node.ObjectNode) root.path("body")).put("writer", "mallory");
        ((com.fasterxml.jackson.databind.node.ObjectNode) root.path("seal"))
                .put("sha256", Sha256.hex(json.writeValueAsBytes(root.path("body"))));
        Files.write(object, json.writeValueAsBytes(root));

        assertRefused(
                puller,
                "latest",
                "street version 1 carries a signature of key " + trusted.id()
                        + " that does not fit it: it is refused.");
    }

    private static void assertRefused(StudentPuller puller, String version, String sentence) {
        assertThatThrownBy(() -> puller.pull(version))
                .isInstanceOfSatisfying(RefusedStudentException.class, e -> assertThat(e.reason())
                        .isEqualTo(RefusedStudentException.Reason.NOT_TRUSTED))
                .hasMessage(sentence);
    }

    @Test
    void givenATrustFile_whenAnAliasIsNotSigned_thenItIsRefusedAndASignedOneIsTaken() {
        SigningKey key = SigningKey.generate();
        StudentPuller puller = puller(PullPolicy.DEFAULT.withTrust(TrustFile.of(List.of(key.publicKey()))));
        try (ModelRegistry signing = ModelRegistry.open(settings(), key)) {
            signing.publisher().publish(signing.publisher().openWriter(MODEL, "signer"), candidate("signed"));
            registry.aliases().point(MODEL, "champion", 1, "test", "");

            assertThatThrownBy(puller::pull)
                    .isInstanceOf(RefusedStudentException.class)
                    .hasMessage("The alias champion of street (pointer 1) is not signed; point it with"
                            + " \"models promote --key\": it is refused.");

            assertThat(puller.current()).isEmpty();
            assertThat(puller.pull("latest").version()).isEqualTo(1);
            assertThat(puller.pull("1").version()).isEqualTo(1);
        }
    }
}
