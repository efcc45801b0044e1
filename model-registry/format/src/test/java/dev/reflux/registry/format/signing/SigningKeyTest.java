package dev.reflux.registry.format.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningKeyTest {

    private static final byte[] CONTENT = "a student".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    @Test
    void givenAKey_whenWrittenAndReadBack_thenItSignsTheSameAndNobodyElseMayReadIt() throws Exception {
        SigningKey key = SigningKey.generate();
        Path file = directory.resolve("trainer.key");

        key.write(file);
        SigningKey read = SigningKey.read(file);

        assertThat(read.sign(CONTENT)).isEqualTo(key.sign(CONTENT));
        assertThat(read.id()).hasSize(16);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> key.write(file)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> SigningKey.read(directory))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("is no signing key");
        assertThat(key.toString()).isEqualTo("SigningKey " + key.id());
    }

    @Test
    void givenASignature_whenJudged_thenOnlyTheRightContentAndKeyAreGood() throws Exception {
        SigningKey key = SigningKey.generate();
        Path file = directory.resolve("trust.json");
        TrustFile.of(List.of(key.publicKey())).write(file);
        TrustFile trust = TrustFile.read(file);

        Signature signature = key.sign(CONTENT);

        assertThat(trust.judge(CONTENT, signature)).isEqualTo(TrustFile.Verdict.GOOD);
        assertThat(trust.judge("b".getBytes(StandardCharsets.UTF_8), signature)).isEqualTo(TrustFile.Verdict.WRONG);
        assertThat(trust.judge(CONTENT, new Signature(key.id(), "!"))).isEqualTo(TrustFile.Verdict.WRONG);
        assertThat(trust.judge(CONTENT, SigningKey.generate().sign(CONTENT))).isEqualTo(TrustFile.Verdict.UNKNOWN_KEY);
    }

    @Test
    void givenATrustFileWithoutKeys_whenRead_thenTheSentenceShowsTheForm() throws Exception {
        Path file = Files.writeString(directory.resolve("empty.json"), "{}");

        assertThatThrownBy(() -> TrustFile.read(file)).hasMessageContaining("it should read {\"keys\":[\"BASE64\"]}.");
        assertThatThrownBy(() -> TrustFile.of(List.of("abc"))).hasMessageContaining("no public Ed25519 key");
    }
}
