package dev.reflux.fuzz;

import com.google.protobuf.ByteString;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.common.label.LabelMapCodec;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.common.label.LabelSchemas;
import dev.reflux.common.message.DistillationSample;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.message.StudentVersionPublished;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.common.tensor.TensorShape;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.BucketLayout;
import dev.reflux.registry.format.delta.DeltaCodec;
import dev.reflux.registry.format.delta.SavedStudents;
import dev.reflux.registry.format.signing.SigningKey;
import dev.reflux.registry.format.signing.TrustFile;
import dev.reflux.torch.weights.NamedTensor;
import dev.reflux.torch.weights.Safetensors;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Small bytes that every decoder accepts: what is damaged begins whole. */
final class Seeds {

    static final LabelSchema SCHEMA =
            LabelSchemas.builtIn().find("cityscapes-19").orElseThrow();
    static final TrustFile TRUST = TrustFile.of(List.of(SigningKey.generate().publicKey()));
    static final String DELTA_KEY = BucketLayout.delta("m", 1, 2);

    private static final String HASH = "ab".repeat(32);
    private static final int SIDE = 8;

    private Seeds() {}

    /** Returns the accepted bytes of a decoder, by name of the file. */
    static Map<String, byte[]> of(Decoder decoder) {
        return switch (decoder) {
            case FRAME -> Map.of("whole", frame().toByteArray());
            case SAMPLE -> Map.of("whole", sample().toByteArray());
            case ANNOUNCEMENT ->
                Map.of(
                        "whole",
                        StudentVersionPublished.newBuilder()
                                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                                .setModelName("m")
                                .setManifestObject("m/versions/00000001/manifest.json")
                                .build()
                                .toByteArray());
            case WANTED -> Map.of("whole", wanted().toByteArray());
            case IMAGE ->
                Map.of(
                        "jpeg", ImageCodec.standard().encodeJpeg(image(), 0.8f),
                        "png", ImageCodec.standard().encodePng(image()));
            case LABEL -> Map.of("whole", label());
            case TENSOR ->
                Map.of(
                        "fp32", tensor(TensorType.TENSOR_TYPE_FP32).toByteArray(),
                        "fp16", tensor(TensorType.TENSOR_TYPE_FP16).toByteArray(),
                        "int8", tensor(TensorType.TENSOR_TYPE_INT8).toByteArray());
            case MANIFEST -> Map.of("whole", text(MANIFEST));
            case ALIAS -> Map.of("whole", text(ALIAS));
            case DELTA_RECORD ->
                Map.of(
                        "whole",
                        text("{\"from\":1,\"to\":2,\"key\":\"m/blobs/" + HASH + "\",\"sha256\":\"" + HASH
                                + "\",\"bytes\":9}"));
            case DELTA -> Map.of("whole", DeltaCodec.encode(files(1), files(2)));
            case CARD -> Map.of("whole", read(Path.of("../../models/student-cnn.json")));
            case STUDENT_ARCHIVE -> Map.of("whole", files(1).get(Artifact.STUDENT));
            case STUDENT_WEIGHTS -> Map.of("whole", files(1).get(Artifact.WEIGHTS));
            case SAFETENSORS -> Map.of("whole", safetensors());
            case CHECKPOINT -> Map.of("whole", checkpoint());
            case TOKENS ->
                Map.of(
                        "whole",
                        text("{\"tokens\":[{\"name\":\"ops\",\"role\":\"admin\",\"sha256\":\"" + HASH + "\"}]}"));
            case TRUST ->
                Map.of(
                        "whole",
                        text("{\"keys\":[\"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\"],"
                                + "\"signedAliases\":true}"));
        };
    }

    /** Returns the files of a student. */
    static Map<Artifact, byte[]> files(int seed) {
        try {
            return SavedStudents.student(new float[] {seed, 2, 3, 4, 5, 6, 7, 8}, new float[] {1, seed});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final String MANIFEST = "{\"format\":3,\"model\":\"m\",\"version\":1,"
            + "\"createdAt\":\"2026-01-01T00:00:00Z\",\"writer\":\"w\",\"epoch\":1,\"artifacts\":{"
            + "\"student.pt\":{\"key\":\"m/blobs/" + HASH + "\",\"sha256\":\"" + HASH + "\",\"bytes\":9},"
            + "\"weights.safetensors\":{\"key\":\"m/blobs/" + HASH + "\",\"sha256\":\"" + HASH + "\",\"bytes\":9},"
            + "\"student.json\":{\"key\":\"m/blobs/" + HASH + "\",\"sha256\":\"" + HASH + "\",\"bytes\":9}},"
            + "\"lineage\":{\"parentVersion\":0,\"teacherId\":\"t\",\"projectionHeadId\":\"p\",\"labelSchemaId\":\"s\","
            + "\"nextOffsets\":{\"samples-0\":5},\"step\":2,\"framesTrained\":3},"
            + "\"metrics\":{\"miou\":0.5},\"config\":{\"seed\":\"1\"}}";

    private static final String STATE =
            "{\"model\":\"m\",\"labelSchemaId\":\"s\",\"nextOffsets\":{\"0\":5},\"counts\":{},\"prequential\":[1.5],"
                    + "\"replay\":[],\"holdout\":[],\"recentFrames\":[1,2],\"drift\":[0.5]}";

    private static final String ALIAS =
            "{\"model\":\"m\",\"alias\":\"champion\",\"number\":1,\"version\":1,\"newest\":1,"
                    + "\"at\":\"2026-01-01T00:00:00Z\",\"by\":\"ops\",\"reason\":\"\"}";

    private static RgbImage image() {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 5);
        }
        return new RgbImage(SIDE, SIDE, rgb);
    }

    private static byte[] label() {
        byte[] ids = new byte[SIDE * SIDE];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (byte) (i % 3);
        }
        return new LabelMapCodec().encode(new LabelMap(SIDE, SIDE, ids));
    }

    private static LabeledFrame frame() {
        return LabeledFrame.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrameId("f")
                .setCameraId("c")
                .setLabelSchemaId(SCHEMA.id())
                .setImage(ByteString.copyFromUtf8("image"))
                .setLabel(ByteString.copyFromUtf8("label"))
                .build();
    }

    private static WantedLabel wanted() {
        return WantedLabel.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setModelName("m")
                .setWindow(1)
                .setRank(1)
                .setFrameId("f")
                .setCameraId("c")
                .setScore(0.5)
                .addReasons(WantedReason.newBuilder().setName("disagreement").setValue(0.5))
                .build();
    }

    private static DistillationSample sample() {
        return DistillationSample.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setFrame(frame())
                .setTeacherId("t")
                .setProjectionHeadId("p")
                .setLabelSchemaId(SCHEMA.id())
                .setLogits(tensor(TensorType.TENSOR_TYPE_INT8))
                .setProjectedLogits(tensor(TensorType.TENSOR_TYPE_FP16))
                .setViewWidth(SIDE)
                .setViewHeight(SIDE)
                .build();
    }

    private static Tensor tensor(TensorType type) {
        return TensorCodec.encode(new TensorShape(2, 1, 2), FloatBuffer.wrap(new float[] {1, -2, 3, 0.5f}), type);
    }

    private static byte[] safetensors() {
        return Safetensors.write(
                List.of(new NamedTensor("w", NamedTensor.Type.F32, List.of(2L), ByteBuffer.allocate(8))),
                Map.of("k", "v"));
    }

    /** Magic, number of parts, and each part's name, length and content; the last 8 bytes are the checksum's. */
    private static byte[] checkpoint() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(0x52465831);
            out.writeInt(2);
            for (Map.Entry<String, byte[]> part :
                    List.of(Map.entry("state.json", text(STATE)), Map.entry("w", new byte[9]))) {
                out.writeUTF(part.getKey());
                out.writeInt(part.getValue().length);
                out.write(part.getValue());
            }
            out.writeLong(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
