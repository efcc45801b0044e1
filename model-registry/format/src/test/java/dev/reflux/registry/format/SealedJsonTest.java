package dev.reflux.registry.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.registry.format.signing.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SealedJsonTest {

    private static final Map<String, Object> BODY = Map.of("model", "street", "version", 7, "miou", 0.5, "größe", "ü");

    @Test
    void givenASignedObject_whenAStrangerVerifiesItsBytesWithoutOurCode_thenHashAndSignatureFit() throws Exception {
        SigningKey key = SigningKey.generate();

        byte[] object = SealedJson.seal(BODY, Optional.of(key.sign(SealedJson.canonical(BODY))));

        Matcher parts = Pattern.compile("\\{\"body\":(.*),\"seal\":\\{(.*)}}")
                .matcher(new String(object, StandardCharsets.UTF_8));
        assertThat(parts.matches()).isTrue();
        byte[] body = parts.group(1).getBytes(StandardCharsets.UTF_8);
        String seal = parts.group(2);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        assertThat(field(seal, "sha256")).isEqualTo(hash);
        Signature engine = Signature.getInstance("Ed25519");
        engine.initVerify(KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(key.publicKey()))));
        engine.update(body);
        assertThat(engine.verify(Base64.getDecoder().decode(field(seal, "ed25519"))))
                .isTrue();
    }

    private static String field(String seal, String name) {
        Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(seal);
        assertThat(field.find()).as(name).isTrue();
        return field.group(1);
    }

    @Test
    void givenAnObjectThatReflux01Sealed_whenOpened_thenTheErrorSaysWhatToDo() {
        byte[] old = "{\"body\":{\"version\":7},\"seal\":{\"sha256\":\"00\"}}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> SealedJson.open(old, "street/versions/00000007/manifest.json"))
                .isInstanceOf(RegistryException.class)
                .hasMessage(
                        "The object street/versions/00000007/manifest.json was sealed by Reflux 0.1, whose seals this"
                                + " version cannot verify; publish the students again into an empty bucket.");
    }

    @Test
    void givenASealOfALaterForm_whenOpened_thenTheErrorAsksForAnUpdate() {
        byte[] later = "{\"body\":{\"version\":7},\"seal\":{\"canon\":\"RFC9999\",\"sha256\":\"00\"}}"
                .getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> SealedJson.open(later, "key"))
                .isInstanceOf(RegistryException.class)
                .hasMessage("The object key is sealed in the form \"RFC9999\"; this version reads RFC8785: update it.");
    }

    @Test
    void givenAnyByteOfAnObjectChanged_whenOpened_thenItIsRefused() {
        byte[] object = SealedJson.seal(BODY, Optional.of(SigningKey.generate().sign(SealedJson.canonical(BODY))));

        for (int at = 0; at < object.length; at++) {
            byte[] changed = object.clone();
            changed[at] ^= (byte) (1 << at % 8);
            int which = at;

            // The signature is verified elsewhere: a change inside it leaves an object that can be opened.
            if (!insideSignature(object, which)) {
                assertThatThrownBy(() -> SealedJson.open(changed, "key"))
                        .as("byte %d", which)
                        .isInstanceOf(RegistryException.class);
            }
        }
    }

    private static boolean insideSignature(byte[] object, int at) {
        String text = new String(object, StandardCharsets.ISO_8859_1);
        int from = text.indexOf("\"ed25519\"");
        return at >= from && at < text.indexOf("\"sha256\"");
    }
}
