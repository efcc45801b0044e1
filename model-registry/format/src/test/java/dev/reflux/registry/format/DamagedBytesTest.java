package dev.reflux.registry.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.ModelCard;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.DeltaException;
import dev.reflux.registry.format.delta.LossyStudent;
import dev.reflux.registry.format.delta.QuantizedStudent;
import dev.reflux.registry.format.delta.SavedStudents;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever a peer or a disk makes of the bytes that a vehicle reads, it reads them or says one declared sentence. */
class DamagedBytesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SigningKey KEY = SigningKey.generate();
    private static final String HASH = "0123456789abcdef".repeat(4);

    /** A kind of bytes that a vehicle reads. */
    enum Format {
        MANIFEST,
        ALIAS,
        DELTA_RECORD,
        DELTA,
        DELTA_OF_STEPS,
        PARENT_ZIP,
        PARENT_SAFETENSORS,
        CARD,
        TRUST_FILE
    }

    private final Map<Artifact, byte[]> parent;
    private final Map<Artifact, byte[]> child;
    private final byte[] stepsDelta;
    private final Map<Artifact, byte[]> stepsChild;
    private final Map<Format, byte[]> good = new EnumMap<>(Format.class);

    DamagedBytesTest() throws IOException {
        Random random = new Random(5);
        float[] old = new float[600];
        float[] now = new float[600];
        for (int i = 0; i < old.length; i++) {
            old[i] = (float) random.nextGaussian();
            now[i] = old[i] + (float) random.nextGaussian() * 0.01f;
        }
        parent = SavedStudents.student(old, new float[] {1, 2, 3});
        child = SavedStudents.student(now, new float[] {1, 2, 4});
        QuantizedStudent.Made made = QuantizedStudent.make(parent, child, 0.01f);
        stepsDelta = made.delta();
        stepsChild = made.files();
        good.put(Format.MANIFEST, manifest(manifestBody()));
        good.put(Format.ALIAS, AliasPointer.write("street", "champion", change(), Optional.of(KEY)));
        good.put(
                Format.DELTA_RECORD,
                new DeltaRecord("street", 1, 2, new StudentVersion.Blob("street/blobs/a", HASH, 10)).write());
        good.put(Format.DELTA, DeltaCodec.encode(parent, child));
        good.put(Format.DELTA_OF_STEPS, stepsDelta);
        good.put(Format.PARENT_ZIP, parent.get(Artifact.STUDENT));
        good.put(Format.PARENT_SAFETENSORS, parent.get(Artifact.WEIGHTS));
        good.put(Format.CARD, parent.get(Artifact.CARD));
        good.put(
                Format.TRUST_FILE,
                ("{\"keys\":[\"" + KEY.publicKey() + "\"],\"signedAliases\":true}").getBytes(StandardCharsets.UTF_8));
    }

    private static AliasChange change() {
        return new AliasChange(7, 4, 5, Instant.parse("2026-03-01T12:00:00Z"), "ann", "5 was worse");
    }

    private static ObjectNode manifestBody() throws IOException {
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
                new Lineage(1, "teacher", "head", "synthetic-9", Map.of("samples-0", 8L), 1, 2),
                Map.of("holdout.miou", 0.5),
                Map.of("lr", "0.001"));
        return (ObjectNode) JSON.readTree(Manifest.canonical(version));
    }

    private static byte[] manifest(ObjectNode body) {
        return sealed(body);
    }

    private static byte[] sealed(ObjectNode body) {
        Map<String, Object> content = new TreeMap<>();
        body.properties().forEach(entry -> content.put(entry.getKey(), entry.getValue()));
        return SealedJson.seal(content, Optional.of(KEY.sign(SealedJson.canonical(body))));
    }

    @Property(tries = 2500)
    void givenBytesFlippedCutOrAdded_whenRead_thenOneDeclaredSentenceOrNone(
            @ForAll Format format, @ForAll Random random) {
        byte[] damaged = damage(good.get(format), random);

        Optional<Throwable> failure = failureOf(format, damaged);

        failure.ifPresent(DamagedBytesTest::assertDeclared);
    }

    @Property(tries = 1500)
    void givenAFieldOfAnotherKindUnderAGoodSeal_whenRead_thenOneDeclaredSentenceOrNone(@ForAll Random random)
            throws IOException {
        Format format = Format.values()[random.nextInt(3)];
        ObjectNode body = (ObjectNode) JSON.readTree(good.get(format)).path("body");
        replaceOne(body, random);
        byte[] hostile;
        try {
            hostile = sealed(body);
        } catch (IllegalArgumentException e) {
            return; // has no canonical form: nobody can seal it
        }

        Optional<Throwable> failure = failureOf(format, hostile);

        failure.ifPresent(DamagedBytesTest::assertDeclared);
    }

    private static void assertDeclared(Throwable failure) {
        assertThat(failure).isInstanceOfAny(RegistryException.class, DeltaException.class, UsageException.class);
        assertThat(failure.getMessage()).endsWith(".").doesNotContain("\n").hasSizeLessThan(1000);
    }

    private Optional<Throwable> failureOf(Format format, byte[] bytes) {
        try {
            read(format, bytes);
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            return Optional.of(e);
        }
    }

    private void read(Format format, byte[] bytes) {
        switch (format) {
            case MANIFEST ->
                Manifest.read(bytes, "street/versions/00000002/manifest.json")
                        .distrust(TrustFile.of(List.of(KEY.publicKey())));
            case ALIAS ->
                AliasPointer.read(bytes, "street", "champion", 7).distrust(TrustFile.of(List.of(KEY.publicKey())));
            case DELTA_RECORD -> DeltaRecord.read(bytes, "street/deltas/00000002/00000001.json", "street");
            case DELTA -> DeltaCodec.apply(parent, bytes, lengths(child));
            case DELTA_OF_STEPS -> DeltaCodec.apply(parent, bytes, lengths(stepsChild));
            case PARENT_ZIP -> applyTo(Artifact.STUDENT, bytes);
            case PARENT_SAFETENSORS -> applyTo(Artifact.WEIGHTS, bytes);
            case CARD -> ModelCard.parse(new String(bytes, StandardCharsets.UTF_8));
            case TRUST_FILE -> readTrust(bytes);
        }
    }

    /** A vehicle applies a delta to its own files, which a disk may have damaged; a publisher thins them. */
    private void applyTo(Artifact artifact, byte[] bytes) {
        Map<Artifact, byte[]> files = new EnumMap<>(parent);
        files.put(artifact, bytes);
        Map<Artifact, Long> lengths = lengths(stepsChild);
        lengths.put(artifact, (long) bytes.length);
        try {
            DeltaCodec.apply(files, stepsDelta, lengths);
        } catch (DeltaException e) {
            assertDeclared(e);
        }
        LossyStudent.make(files, child, 0.1, LossyStudent.HALF_FLOAT);
    }

    private static void readTrust(byte[] bytes) {
        try {
            Path file = Files.createTempFile("trust", ".json");
            try {
                TrustFile.read(Files.write(file, bytes));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<Artifact, Long> lengths(Map<Artifact, byte[]> files) {
        Map<Artifact, Long> lengths = new EnumMap<>(Artifact.class);
        files.forEach((artifact, bytes) -> lengths.put(artifact, (long) bytes.length));
        return lengths;
    }

    private static byte[] damage(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(Math.max(1, damaged.length));
            switch (random.nextInt(6)) {
                case 0 -> damaged = Arrays.copyOf(damaged, at);
                case 1 -> damaged = Arrays.copyOf(damaged, damaged.length + 1 + random.nextInt(64));
                case 2 -> fill(damaged, at, (byte) 0xFF);
                case 3 -> fill(damaged, at, (byte) 0);
                case 4 -> fill(damaged, at, (byte) 0x7F);
                default -> {
                    if (damaged.length > 0) {
                        damaged[at] ^= (byte) (1 << random.nextInt(8));
                    }
                }
            }
        }
        return damaged;
    }

    private static void fill(byte[] bytes, int at, byte value) {
        Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), value);
    }

    /** Replaces a field at any depth by a value that it should not have. */
    private static void replaceOne(ObjectNode root, Random random) throws IOException {
        ObjectNode at = root;
        while (true) {
            List<String> names = new ArrayList<>();
            at.fieldNames().forEachRemaining(names::add);
            if (names.isEmpty()) {
                at.set("added", hostile(random));
                return;
            }
            String name = names.get(random.nextInt(names.size()));
            if (at.get(name) instanceof ObjectNode deeper && random.nextInt(3) > 0) {
                at = deeper;
            } else {
                at.set(name, hostile(random));
                return;
            }
        }
    }

    private static JsonNode hostile(Random random) throws IOException {
        ArrayNode values = (ArrayNode)
                JSON.readTree(
                        """
                [null, true, -1, 0, 1e300, 9007199254740991, 1.5, "", "\\n\\u0000", "../../etc", [], {}, [[[]]], {"a":{"b":1}},
                "0", "Infinity", "%0a", "\\ud83d\\ude97", 2147483648, "2026-13-45T99:00:00Z"]""");
        return values.get(random.nextInt(values.size()));
    }
}
