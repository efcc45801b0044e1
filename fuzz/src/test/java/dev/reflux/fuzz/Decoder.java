package dev.reflux.fuzz;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.model.ModelCard;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.registry.format.AliasPointer;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.DeltaRecord;
import dev.reflux.registry.format.Manifest;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.SealedJson;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.DeltaException;
import dev.reflux.registry.format.delta.StudentDoor;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.registry.server.Tokens;
import dev.reflux.torch.weights.Safetensors;
import dev.reflux.trainer.checkpoint.CheckpointDoor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** What reads the bytes of a peer, and the only exceptions that may come of it. */
enum Decoder {
    FRAME(RejectedFrameException.class, MessageCodec::frame),
    SAMPLE(RejectedFrameException.class, MessageCodec::sample),
    ANNOUNCEMENT(RejectedFrameException.class, MessageCodec::published),
    WANTED(RejectedFrameException.class, MessageCodec::wanted),
    IMAGE(RejectedFrameException.class, bytes -> ImageCodec.standard().decode(bytes)),
    LABEL(RejectedFrameException.class, bytes -> new LabelMapCodec().decode(bytes, Seeds.SCHEMA)),
    TENSOR(RejectedFrameException.class, Decoder::tensor),
    MANIFEST(RegistryException.class, bytes -> {
        Manifest.Read read = Manifest.read(sealed(bytes), "m/versions/00000001/manifest.json");
        read.distrust(Seeds.TRUST);
        Manifest.canonical(read.version());
    }),
    ALIAS(RegistryException.class, bytes -> AliasPointer.read(sealed(bytes), "m", "champion", 1)
            .distrust(Seeds.TRUST)),
    DELTA_RECORD(RegistryException.class, bytes -> DeltaRecord.read(sealed(bytes), Seeds.DELTA_KEY, "m")),
    DELTA(DeltaException.class, Decoder::delta),
    CARD(UsageException.class, bytes -> ModelCard.parse(new String(bytes, java.nio.charset.StandardCharsets.UTF_8))),
    STUDENT_ARCHIVE(DeltaException.class, bytes -> StudentDoor.archive(bytes.clone())),
    STUDENT_WEIGHTS(DeltaException.class, StudentDoor::weights),
    SAFETENSORS(IllegalArgumentException.class, Safetensors::read),
    CHECKPOINT(IOException.class, bytes -> CheckpointDoor.read(file(summed(bytes)))),
    TOKENS(UsageException.class, bytes -> Tokens.read(file(bytes))),
    TRUST(UsageException.class, bytes -> TrustFile.read(file(bytes)));

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_SENTENCE = 2000;

    private final Class<? extends Exception> declared;
    private final Reading reading;

    Decoder(Class<? extends Exception> declared, Reading reading) {
        this.declared = declared;
        this.reading = reading;
    }

    interface Reading {
        void read(byte[] bytes) throws Exception;
    }

    /** The folder of its corpus, in which tests and fuzzer run. */
    Path corpus() {
        return Path.of(name().toLowerCase(Locale.ROOT));
    }

    /**
     * Returns the sentence of the refusal, or nothing when the bytes are accepted.
     *
     * @throws AssertionError when anything but a declared refusal of one sentence came of them
     */
    Optional<String> refusal(byte[] bytes) {
        try {
            reading.read(bytes);
            return Optional.empty();
        } catch (Exception e) {
            if (!declared.isInstance(e)) {
                throw new AssertionError(this + " raised what it does not declare", e);
            }
            String said = String.valueOf(e.getMessage());
            if (e.getMessage() == null
                    || said.isBlank()
                    || said.chars().anyMatch(Character::isISOControl)
                    || said.length() > LONGEST_SENTENCE) {
                throw new AssertionError(this + " refused in no sentence: \"" + said + "\"", e);
            }
            return Optional.of(said);
        }
    }

    private static void tensor(byte[] bytes) throws RejectedFrameException {
        Tensor tensor;
        try {
            tensor = Tensor.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            // A tensor comes in a sample, which SAMPLE reads.
            return;
        }
        TensorCodec.decode(tensor);
    }

    /** Most of what is changed breaks the seal; a peer that writes the store seals what it changed. */
    private static byte[] sealed(byte[] bytes) {
        try {
            Map<String, Object> body = JSON.readValue(bytes, new TypeReference<Map<String, Object>>() {});
            return body == null || body.containsKey("seal") ? bytes : SealedJson.seal(body, Optional.empty());
        } catch (IOException | IllegalArgumentException e) {
            return bytes;
        }
    }

    private static void delta(byte[] bytes) {
        DeltaCodec.apply(Students.FROM, bytes, Students.LENGTHS);
    }

    /** The students on both sides of a delta, made once. */
    private static final class Students {

        private static final Map<Artifact, byte[]> FROM = Seeds.files(1);
        private static final Map<Artifact, Long> LENGTHS = new EnumMap<>(Artifact.class);

        static {
            Seeds.files(2).forEach((artifact, content) -> LENGTHS.put(artifact, (long) content.length));
        }
    }

    /** A checksum is no secret. */
    private static byte[] summed(byte[] bytes) {
        if (bytes.length < Long.BYTES) {
            return bytes;
        }
        byte[] made = bytes.clone();
        CRC32C crc = new CRC32C();
        crc.update(made, 0, made.length - Long.BYTES);
        ByteBuffer.wrap(made).putLong(made.length - Long.BYTES, crc.getValue());
        return made;
    }

    private static Path file(byte[] bytes) throws IOException {
        Path file = Path.of(
                System.getProperty("java.io.tmpdir"),
                "reflux-fuzz-" + ProcessHandle.current().pid());
        Files.write(file, bytes);
        file.toFile().deleteOnExit();
        return file;
    }
}
