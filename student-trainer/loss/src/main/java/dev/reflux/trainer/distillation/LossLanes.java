package dev.reflux.trainer.distillation;

import dev.reflux.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Computes the parts of a loss in parallel: each lane takes a run of parts through all operations. PyTorch by itself would
 * distribute every single operation over its threads and wait for them; with a hundred small operations the waiting takes
 * half of the time. A part is small enough that PyTorch computes it on one thread.
 *
 * <ol>
 *   <li>Results are combined in the order of the parts, so a sum does not depend on which lane ends first.
 *   <li>{@link #sum} returns or throws only after every lane has ended: the caller may then free the tensors.
 *   <li>When several lanes fail, the exception of the first one is thrown, and the others are its suppressed exceptions.
 * </ol>
 *
 * One owner thread, which is one of the lanes.
 */
final class LossLanes implements AutoCloseable {

    /** The number of values up to which PyTorch does not distribute an operation (at::internal::GRAIN_SIZE). */
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

    /**
     * Consecutive parts.
     *
     * @param first the index of the first part
     * @param count the number of parts
     */
    record Run(int first, int count) {}

    /** The work of one lane. */
    interface Work<T> {
        T of(Run run);
    }

    /**
     * Returns the number of rows of a tensor that make a part.
     *
     * @param row the number of values in a row
     * @param rows the number of rows of a frame
     */
    int rows(long row, long rows) {
        return (int) (onCpu ? Math.max(1, Math.min(rows, GRAIN / row)) : rows);
    }

    /**
     * Computes all parts.
     *
     * @param parts the number of parts, at least 1
     * @param values the number of values of one part; parts above PyTorch's grain run one after another
     * @param work the work of a lane
     * @param plus combines the results of two lanes
     * @return the combined results of the lanes
     */
    <T> T sum(int parts, long values, Work<T> work, BinaryOperator<T> plus) {
        int used = values > GRAIN ? 1 : Math.min(lanes, parts);
        List<Future<T>> beside = new ArrayList<>();
        for (int lane = 1; lane < used; lane++) {
            Run run = run(lane, used, parts);
            beside.add(others.submit(() -> work.of(run)));
        }
        Failures failures = new Failures();
        @Nullable T sum = null;
        try {
            sum = work.of(run(0, used, parts));
        } catch (RuntimeException | Error e) {
            failures.add(e);
        }
        for (Future<T> lane : beside) {
            try {
                T more = ended(lane);
                sum = sum == null ? more : plus.apply(sum, more);
            } catch (ExecutionException e) {
                failures.add(Objects.requireNonNullElse(e.getCause(), e));
            }
        }
        failures.throwFirst();
        return Objects.requireNonNull(sum);
    }

    private static Run run(int lane, int lanes, int parts) {
        int first = parts * lane / lanes;
        return new Run(first, parts * (lane + 1) / lanes - first);
    }

    /** Waits for a lane even if this thread is interrupted: the lane may still write to the caller's tensors. */
    private static <T> T ended(Future<T> lane) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return lane.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The failures of the lanes, in their order. */
    private static final class Failures {

        private final List<Throwable> all = new ArrayList<>();

        void add(Throwable failure) {
            all.add(failure);
        }

        void throwFirst() {
            if (all.isEmpty()) {
                return;
            }
            Throwable first = all.get(0);
            all.subList(1, all.size()).stream().filter(other -> other != first).forEach(first::addSuppressed);
            if (first instanceof Error error) {
                throw error;
            }
            throw first instanceof RuntimeException known ? known : new IllegalStateException(first);
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
