package dev.reflux.registry.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A stream from the network that is closed when it makes no progress for a deadline: the JDK's HTTP client has none for bodies.
 * Progress is a kilobyte, so that a byte now and then does not count as one. Only the time of waiting counts, not what the
 * reader does meanwhile. One reader at a time.
 */
final class StallGuardedStream extends FilterInputStream {

    /** The bytes that a body has to bring within a deadline. */
    static final int PROGRESS = 1024;

    private final Duration deadline;
    private final Executor later;
    private volatile long waitingSince;
    private volatile boolean waiting;
    private volatile long waited;
    private volatile boolean stalled;
    private volatile boolean silent;
    private volatile boolean closed;
    private int arrived;

    StallGuardedStream(InputStream in, Duration deadline) {
        super(in);
        this.deadline = deadline;
        this.later = CompletableFuture.delayedExecutor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        later.execute(this::check);
    }

    @Override
    public int read() throws IOException {
        begin();
        int next = -1;
        try {
            next = super.read();
            return next;
        } catch (IOException e) {
            throw explained(e);
        } finally {
            end(next < 0 ? 0 : 1);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        begin();
        int count = 0;
        try {
            count = super.read(bytes, offset, length);
            return count;
        } catch (IOException e) {
            throw explained(e);
        } finally {
            end(count);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }

    private void begin() throws IOException {
        if (waited >= deadline.toNanos()) {
            close();
            stalled = true;
            throw explained(new IOException("too slow"));
        }
        waitingSince = System.nanoTime();
        waiting = true;
    }

    private void end(int count) {
        waiting = false;
        arrived += Math.max(0, count);
        if (arrived >= PROGRESS) {
            arrived = 0;
            waited = 0;
        } else {
            waited = waited + System.nanoTime() - waitingSince;
        }
    }

    private IOException explained(IOException e) {
        if (!stalled) {
            return e;
        }
        return new IOException(
                silent
                        ? "no byte arrived for " + deadline.toMillis() + " ms"
                        : "less than " + PROGRESS + " bytes arrived within " + deadline.toMillis() + " ms",
                e);
    }

    private void check() {
        if (closed) {
            return;
        }
        if (waiting && waited + System.nanoTime() - waitingSince >= deadline.toNanos()) {
            // Most of the deadline in one wait is a silence, not a trickle.
            silent = System.nanoTime() - waitingSince >= deadline.toNanos() / 2;
            stalled = true;
            try {
                close();
            } catch (IOException e) {
                // The reader sees the stall anyway.
                return;
            }
        } else {
            later.execute(this::check);
        }
    }
}
