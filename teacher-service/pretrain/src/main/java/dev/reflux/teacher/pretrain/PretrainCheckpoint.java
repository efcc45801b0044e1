package dev.reflux.teacher.pretrain;

import dev.reflux.common.failure.UsageException;
import dev.reflux.torch.model.SegmentationModel;
import dev.reflux.torch.optim.Ema;
import dev.reflux.torch.optim.Optimizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run needs to go on bit by bit as if it had not been interrupted, in one file that is replaced
 * atomically.
 *
 * @param fingerprint of the settings and the model
 * @param step steps done
 * @param bestMiou of the saved model; NaN if none
 * @param bestEpoch when that was
 * @param weights parameters and buffers
 * @param optimizer its state
 * @param average the averaged weights' state; empty without them
 */
record PretrainCheckpoint(
        String fingerprint,
        long step,
        double bestMiou,
        int bestEpoch,
        byte[] weights,
        byte[] optimizer,
        byte[] average) {

    private static final int MAGIC = 0x52465843;

    static PretrainCheckpoint of(
            String fingerprint,
            long step,
            double bestMiou,
            int bestEpoch,
            SegmentationModel model,
            Optimizer optimizer,
            @Nullable Ema ema) {
        return new PretrainCheckpoint(
                fingerprint,
                step,
                bestMiou,
                bestEpoch,
                model.safetensors(),
                optimizer.exportState(),
                ema == null ? new byte[0] : ema.exportState());
    }

    void restore(SegmentationModel model, Optimizer into, @Nullable Ema ema) {
        model.restore(weights);
        into.importState(optimizer);
        if (ema != null) {
            ema.importState(average);
        }
    }

    void write(Path file) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(MAGIC);
            out.writeUTF(fingerprint);
            out.writeLong(step);
            out.writeDouble(bestMiou);
            out.writeInt(bestEpoch);
            for (byte[] part : new byte[][] {weights, optimizer, average}) {
                out.writeInt(part.length);
                out.write(part);
            }
            Path fresh = file.resolveSibling(file.getFileName() + ".part");
            Files.write(fresh, bytes.toByteArray());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UsageException when the file is no checkpoint, or one of another run */
    static PretrainCheckpoint read(Path file, String expected) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("not a checkpoint");
            }
            String fingerprint = in.readUTF();
            if (!fingerprint.equals(expected)) {
                throw new UsageException("The checkpoint " + file + " is of a run with other settings (" + fingerprint
                        + "); repeat those, or remove it to begin anew.");
            }
            return new PretrainCheckpoint(
                    fingerprint,
                    in.readLong(),
                    in.readDouble(),
                    in.readInt(),
                    in.readNBytes(in.readInt()),
                    in.readNBytes(in.readInt()),
                    in.readNBytes(in.readInt()));
        } catch (IOException e) {
            throw new UsageException(
                    "The checkpoint " + file + " cannot be read (" + e.getMessage() + "); remove it to begin anew.", e);
        }
    }
}
