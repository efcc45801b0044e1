package dev.reflux.registry.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.DeltaException;
import dev.reflux.registry.format.delta.SavedStudents;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a peer declares is bounded before anything is allocated; what it signs is the whole document. */
class DeclaredSizesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final long MEBIBYTE = 1 << 20;

    private final SigningKey key = SigningKey.generate();
    private final TrustFile trust = TrustFile.of(List.of(key.publicKey()));

    @ParameterizedTest
    @CsvSource({
        "student.pt, 1073741825",
        "student.pt, 9007199254740991",
        "student.pt, -1",
        "weights.safetensors, 1073741825",
        "student.json, 1048577"
    })
    void givenAManifestThatDeclaresTooMuch_whenRead_thenItIsRefusedByName(String file, long bytes) throws IOException {
        ObjectNode body = body();
        ((ObjectNode) body.path("artifacts").path(file)).put("bytes", bytes);
        byte[] object = sealed(body);

        assertThatThrownBy(() -> Manifest.read(object, "key"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("names a " + file + " of " + bytes + " bytes, outside of 0 to");
    }

    @Test
    void givenAManifestOfTheLargestFiles_whenRead_thenItIsTaken() throws IOException {
        ObjectNode body = body();
        ((ObjectNode) body.path("artifacts").path("student.pt")).put("bytes", 1073741824);

        Manifest.Read read = Manifest.read(sealed(body), "key");

        assertThat(read.version().blob(Artifact.STUDENT).bytes()).isEqualTo(1073741824);
    }

    @Test
    void givenAnObjectOverTheLimit_whenOpened_thenItIsRefusedUnparsed() {
        byte[] large = new byte[SealedJson.MOST_BYTES + 1];

        assertThatThrownBy(() -> SealedJson.open(large, "key"))
                .isInstanceOf(RegistryException.class)
                .hasMessage("The object key is damaged: it has 4194305 bytes, over the 4194304 that it may have.");
    }

    @Test
    void givenFieldsThatThisBuildDoesNotKnow_whenTheyWereSigned_thenTheVersionIsTrusted() throws IOException {
        ObjectNode body = body();
        body.put("added", "later");
        ((ObjectNode) body.path("lineage")).put("added", 1);

        Optional<String> why = Manifest.read(sealed(body), "key").distrust(trust);

        assertThat(why).isEmpty();
    }

    @Test
    void givenAFieldAddedAfterTheSignature_whenRead_thenTheVersionIsNotTrusted() throws IOException {
        ObjectNode body = body();
        var signature = key.sign(SealedJson.canonical(body));
        body.put("added", "by mallory");

        Optional<String> why = Manifest.read(SealedJson.seal(map(body), Optional.of(signature)), "key")
                .distrust(trust);

        assertThat(why).contains("street version 2 carries a signature of key " + key.id() + " that does not fit it.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "}}$|},\"extra\":1}",
                "^\\{\"body\":|{\"also\":1,\"body\":",
                "\"canon\":\"RFC8785\"|\"canon\":\"RFC8785\",\"dear\":1"
            })
    void givenAPartThatNoSealCovers_whenOpened_thenTheObjectIsRefused(String at, String put) throws IOException {
        String object = new String(sealed(body()), StandardCharsets.UTF_8);
        String added = object.replaceFirst(at, put.replace("\\", "\\\\").replace("$", "\\$"));
        assertThat(added).isNotEqualTo(object);

        assertThatThrownBy(() -> SealedJson.open(added.getBytes(StandardCharsets.UTF_8), "key"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("no seal covers");
    }

    @Test
    void givenAFewBytesThatDeclareTwoGibibytes_whenApplied_thenNearlyNothingIsAllocated() throws IOException {
        Map<Artifact, byte[]> files = SavedStudents.student(new float[600], new float[] {1});
        Map<Artifact, Long> declared = new EnumMap<>(Artifact.class);
        files.forEach((artifact, bytes) -> declared.put(artifact, 2_000_000_000L));
        byte[] delta = bomb(2_000_000_000L);
        loadTheDecoder(files);
        long before = allocated();

        Throwable failure =
                org.assertj.core.api.Assertions.catchThrowable(() -> DeltaCodec.apply(files, delta, declared));

        assertThat(failure).isInstanceOf(DeltaException.class).hasMessageContaining("2000000000 bytes");
        assertThat(allocated() - before).isLessThan(4 * MEBIBYTE);
    }

    @Test
    void givenAPieceThatDeclaresMoreThanItCanHold_whenApplied_thenNearlyNothingIsAllocated() throws IOException {
        Map<Artifact, byte[]> files = SavedStudents.student(new float[4_000_000], new float[] {1});
        Map<Artifact, Long> declared = new EnumMap<>(Artifact.class);
        files.forEach((artifact, bytes) -> declared.put(artifact, 60_000_000L));
        byte[] delta = bomb(60_000_000L);
        loadTheDecoder(files);
        long before = allocated();

        Throwable failure =
                org.assertj.core.api.Assertions.catchThrowable(() -> DeltaCodec.apply(files, delta, declared));

        assertThat(failure).isInstanceOf(DeltaException.class).hasMessageContaining("more than its");
        assertThat(allocated() - before).isLessThan(4 * MEBIBYTE);
    }

    /** The first use of a class allocates what its loading takes, which is not what a peer makes the decoder allocate. */
    private static void loadTheDecoder(Map<Artifact, byte[]> files) {
        Map<Artifact, Long> declared = new EnumMap<>(Artifact.class);
        files.forEach((artifact, bytes) -> declared.put(artifact, 64L));
        org.assertj.core.api.Assertions.catchThrowable(() -> DeltaCodec.apply(files, bomb(64), declared));
    }

    /** A delta of some bytes whose first file is declared as long, and whose pieces are. */
    private static byte[] bomb(long length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("RXD1".getBytes(StandardCharsets.US_ASCII));
        out.write(2);
        varint(out, length);
        varint(out, length / 64);
        out.write(1);
        varint(out, length / 2);
        varint(out, 10);
        out.writeBytes(new byte[10]);
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.write((int) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    @Test
    void givenALocaleWithDigitsOfItsOwn_whenKeysAreWritten_thenTheirDigitsAreAscii() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("fa-IR-u-nu-arabext"));
        try {
            String padded = LogKeys.padded(42);

            assertThat(padded).isEqualTo("00000042");
            assertThat(BucketLayout.delta("m", 1, 2)).isEqualTo("m/deltas/00000002/00000001.json");
            assertThat(BucketLayout.tags("m", 3).prefix()).isEqualTo("m/tags/00000003/");
            assertThat("%d".formatted(42)).as("the locale has other digits").isNotEqualTo("42");
        } finally {
            Locale.setDefault(before);
        }
    }

    private byte[] sealed(ObjectNode body) {
        return SealedJson.seal(map(body), Optional.of(key.sign(SealedJson.canonical(body))));
    }

    private static Map<String, Object> map(ObjectNode body) {
        Map<String, Object> content = new TreeMap<>();
        body.properties().forEach(entry -> content.put(entry.getKey(), entry.getValue()));
        return content;
    }

    private static ObjectNode body() throws IOException {
        StudentVersion version = new StudentVersion(
                "street",
                2,
                Instant.parse("2026-03-01T12:00:00Z"),
                "trainer",
                1,
                Map.of(
                        Artifact.STUDENT, new StudentVersion.Blob("street/blobs/a", HASH, 10),
                        Artifact.WEIGHTS, new StudentVersion.Blob("street/blobs/b", HASH, 10),
                        Artifact.CARD, new StudentVersion.Blob("street/blobs/c", HASH, 10)),
                new Lineage(1, "teacher", "head", "synthetic-9", Map.of(), 1, 2),
                Map.of(),
                Map.of());
        return (ObjectNode) JSON.readTree(Manifest.canonical(version));
    }
}
