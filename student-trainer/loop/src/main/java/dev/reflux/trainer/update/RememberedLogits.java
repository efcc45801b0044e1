package dev.reflux.trainer.update;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.message.Tensor;
import dev.reflux.common.message.TensorType;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.common.tensor.TensorCodec;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The student's logits of samples at the time when they were stored: the second memory of DER++ (Buzzega et al., NeurIPS
 * 2020). They are kept as int8 with a scale for each class, like logits in messages. The checkpoint holds them, because the
 * log has only the teacher's logits. The training thread only.
 */
final class RememberedLogits {

    private final Map<SampleReference, Tensor> stored = new LinkedHashMap<>();

    boolean isEmpty() {
        return stored.isEmpty();
    }

    boolean knows(SampleReference sample) {
        return stored.containsKey(sample);
    }

    void store(SampleReference sample, LogitMap said) {
        stored.put(sample, TensorCodec.encode(said, TensorType.TENSOR_TYPE_INT8));
    }

    /** Returns the logits of a sample; null if it is not remembered. */
    @Nullable
    LogitMap of(SampleReference sample) {
        Tensor tensor = stored.get(sample);
        try {
            return tensor == null ? null : TensorCodec.decode(tensor);
        } catch (RejectedFrameException e) {
            throw new IllegalStateException("remembered logits cannot be decoded", e);
        }
    }

    /** Forgets all samples except these. */
    void keepOnly(List<TrainingSample> held) {
        stored.keySet().retainAll(held.stream().map(TrainingSample::reference).collect(Collectors.toSet()));
    }

    byte[] exportState() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(stored.size());
            for (Map.Entry<SampleReference, Tensor> entry : stored.entrySet()) {
                out.writeInt(entry.getKey().partition());
                out.writeLong(entry.getKey().offset());
                out.writeInt(entry.getValue().getSerializedSize());
                entry.getValue().writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @param state a result of {@link #exportState}; null empties the memory */
    void importState(byte @Nullable [] state) {
        stored.clear();
        if (state == null) {
            return;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                SampleReference sample = new SampleReference(in.readInt(), in.readLong());
                stored.put(sample, Tensor.parseFrom(in.readNBytes(in.readInt())));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the state of the remembered logits is damaged", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
