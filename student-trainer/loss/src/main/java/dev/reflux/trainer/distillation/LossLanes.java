package dev.reflux.trainer.distillation;

import dev.reflux.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the parts of a loss side by side: each lane takes a run of parts through all operations. PyTorch would share out
 * every single operation among its threads, wait for them, and begin the next one; with a hundred small operations the
 * waiting is half of the time. A part is small enough that PyTorch leaves it to one thread.
 *
 * <p>What the lanes return is in the order of the parts, so sums do not depend on who was faster. The training thread is
 * one of the lanes.
 */
final class LossLanes implements AutoCloseable {

    /** Values up to which PyTorch does not share out an operation (at::internal::GRAIN_SIZE). */
    private static final int GRAIN = 32768;

    private final int lanes;
    private final boolean onCpu;
    private final ExecutorService others;

    LossLanes(TorchRuntime runtime) {
        this.onCpu = runtime.onCpu();
        this.lanes = onCpu ? runtime.threads() : 1;
        this.others = Executors.newFixedThreadPool(Math.max(1, lanes - 1), task -> {
            Thread thread = new Thread(
                    () -> {
                        runtime.useThisThread();
                        task.run();
                    },
                    "loss-lane");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A run of parts. */
    record Run(int first, int count) {}

    /** One lane's work. */
    interface Work {
        double[] of(Run run);
    }

    /**
     * How many rows of a tensor make a part.
     *
     * @param row values of one row
     * @param rows of a frame
     */
    int rows(long row, long rows) {
        return (int) (onCpu ? Math.max(1, Math.min(rows, GRAIN / row)) : rows);
    }

    /**
     * Works all parts off.
     *
     * @param values of one part; a part that PyTorch would share out by itself is not run beside another
     * @return the sums of what the lanes returned
     */
    double[] sums(int parts, long values, Work work) {
        int used = values > GRAIN ? 1 : Math.min(lanes, parts);
        List<Future<double[]>> beside = new ArrayList<>();
        for (int lane = 1; lane < used; lane++) {
            Run run = run(lane, used, parts);
            beside.add(others.submit(() -> work.of(run)));
        }
        double[] sums;
        try {
            sums = work.of(run(0, used, parts)).clone();
        } finally {
            // No lane may still write when the caller frees the tensors.
            beside.forEach(LossLanes::await);
        }
        for (Future<double[]> lane : beside) {
            double[] more = await(lane);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += more[i];
            }
        }
        return sums;
    }

    private static Run run(int lane, int lanes, int parts) {
        int first = parts * lane / lanes;
        return new Run(first, parts * (lane + 1) / lanes - first);
    }

    private static double[] await(Future<double[]> lane) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return lane.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
