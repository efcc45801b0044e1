package dev.reflux.registry.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A stream from the network that is closed when a read waits longer than a deadline: the JDK's HTTP client has none for
 * bodies. One reader at a time.
 */
final class StallGuardedStream extends FilterInputStream {

    private final Duration deadline;
    private final Executor later;
    private volatile long waitingSince;
    private volatile boolean waiting;
    private volatile boolean stalled;
    private volatile boolean closed;

    StallGuardedStream(InputStream in, Duration deadline) {
        super(in);
        this.deadline = deadline;
        this.later = CompletableFuture.delayedExecutor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        later.execute(this::check);
    }

    @Override
    public int read() throws IOException {
        begin();
        try {
            return super.read();
        } catch (IOException e) {
            throw explained(e);
        } finally {
            waiting = false;
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        begin();
        try {
            return super.read(bytes, offset, length);
        } catch (IOException e) {
            throw explained(e);
        } finally {
            waiting = false;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }

    private void begin() {
        waitingSince = System.nanoTime();
        waiting = true;
    }

    private IOException explained(IOException e) {
        return stalled ? new IOException("no byte arrived for " + deadline.toMillis() + " ms", e) : e;
    }

    private void check() {
        if (closed) {
            return;
        }
        if (waiting && System.nanoTime() - waitingSince >= deadline.toNanos()) {
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
