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
 * The state from which a run is resumed, bit by bit, in one file that is replaced atomically.
 *
 * @param fingerprint the settings and the model of the run
 * @param step the number of steps so far
 * @param bestMiou the mean IoU of the saved model, 0..1; NaN without one
 * @param bestEpoch the epoch of this score, 0 without one
 * @param weights parameters and buffers of the model, safetensors
 * @param optimizer the state of the optimizer, safetensors
 * @param average the state of the averaged weights, safetensors; empty without them
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

    /** Returns the present state of a run. */
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

    /** Puts this state into a model, its optimizer and its averaged weights. */
    void restore(SegmentationModel model, Optimizer into, @Nullable Ema ema) {
        model.restore(weights);
        into.importState(optimizer);
        if (ema != null) {
            ema.importState(average);
        }
    }

    /** Writes the file; a reader sees the old one or the new one. */
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

    /**
     * Reads a file.
     *
     * @param expected the fingerprint of the run that resumes
     * @throws UsageException if the file is not a checkpoint, or one of another run
     */
    static PretrainCheckpoint read(Path file, String expected) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            if (in.readInt() != MAGIC) {
                throw new IOException("not a checkpoint");
            }
            String fingerprint = in.readUTF();
            if (!fingerprint.equals(expected)) {
                throw new UsageException("The checkpoint " + file + " is of a run with other settings (" + fingerprint
                        + "); use those settings, or remove the checkpoint to start again.");
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
                    "The checkpoint " + file + " cannot be read (" + e.getMessage() + "); remove it to start again.",
                    e);
        }
    }
}
