package dev.reflux.registry.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AliasPointerTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.250Z");

    @Test
    void givenAChangeForwards_whenWritten_thenItsBodyHasNoFlag() {
        byte[] bytes = AliasPointer.write("street", "champion", change(5, 5), Optional.empty());

        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .startsWith(
                        "{\"body\":{\"alias\":\"champion\",\"at\":\"2026-03-01T12:00:00.250Z\",\"by\":\"ops\","
                                + "\"model\":\"street\",\"newest\":5,\"number\":7,\"reason\":\"worse at night\",\"version\":5},");
    }

    @Test
    void givenAChangeBackwards_whenWritten_thenItSaysSoUnderItsSignature() {
        SigningKey key = SigningKey.generate();

        byte[] bytes = AliasPointer.write("street", "champion", change(3, 5), Optional.of(key));

        assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\"rollback\":true,\"version\":3}");
        AliasPointer read = AliasPointer.read(bytes, "street", "champion", 7);
        assertThat(read.change()).isEqualTo(change(3, 5));
        assertThat(read.change().rollback()).isTrue();
        assertThat(read.distrust(TrustFile.of(List.of(key.publicKey())))).isEmpty();
    }

    @Test
    void givenARecordFromBeforeTheFlag_whenRead_thenItsNumbersSayThatItGoesBackwards() {
        byte[] bytes = SealedJson.seal(body(), Optional.empty());

        AliasPointer read = AliasPointer.read(bytes, "street", "champion", 7);

        assertThat(read.change().rollback()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "\"true\"", "1", "null"})
    void givenAFlagThatContradictsTheVersions_whenRead_thenTheRecordIsRefused(String flag) throws Exception {
        Map<String, Object> body = new HashMap<>(body());
        body.put("rollback", CanonicalJson.mapper().readTree(flag));
        byte[] bytes = SealedJson.seal(body, Optional.empty());

        assertThatThrownBy(() -> AliasPointer.read(bytes, "street", "champion", 7))
                .isInstanceOf(RegistryException.class)
                .hasMessage("The object street/aliases/champion/00000007.json says rollback " + flag
                        + " and points at version 3 after version 5: it is refused.");
    }

    private static AliasChange change(long version, long newest) {
        return new AliasChange(7, version, newest, NOON, "ops", "worse at night");
    }

    private static Map<String, Object> body() {
        return Map.of(
                "model",
                "street",
                "alias",
                "champion",
                "number",
                7,
                "version",
                3,
                "newest",
                5,
                "at",
                NOON.toString(),
                "by",
                "ops",
                "reason",
                "worse at night");
    }
}
