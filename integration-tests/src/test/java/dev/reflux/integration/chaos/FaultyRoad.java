package dev.reflux.integration.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** A TCP proxy on loopback whose road can go bad in several ways, for all connections at once. Any thread. */
final class FaultyRoad implements AutoCloseable {

    private static final int SLICE = 1 << 16;
    private static final int SLOW_SLICE = 2048;
    private static final long SLOW_MILLIS = 20;
    private static final int HALF_BYTES = 3000;
    private static final byte[] UNAVAILABLE =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** How the road is. */
    enum State {
        GOOD,
        /** Every request is answered with 503; for HTTP only. */
        UNAVAILABLE,
        /** A hundred kilobytes a second. */
        SLOW,
        /** An answer ends after three kilobytes, and with it its connection. */
        HALF,
        /** Nothing passes, and no connection ends. */
        STALLED,
        /** Every connection is refused and ended. */
        CUT
    }

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicReference<State> state = new AtomicReference<>(State.GOOD);

    FaultyRoad(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void be(State next) {
        State before = state.getAndSet(next);
        // Whoever met the old state may wait for ever; whoever is under way shall meet the new one.
        if (next == State.CUT || next == State.UNAVAILABLE || before == State.STALLED) {
            sockets.forEach(FaultyRoad::close);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                daemon(() -> serve(client));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void serve(Socket client) {
        try {
            if (state.get() == State.CUT) {
                close(client);
            } else if (state.get() == State.UNAVAILABLE) {
                refuse(client);
            } else {
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(upstream);
                daemon(() -> copy(client, upstream, false));
                copy(upstream, client, true);
            }
        } catch (IOException e) {
            // The server behind is away: the client sees that.
            close(client);
        }
    }

    private void refuse(Socket client) throws IOException {
        client.getInputStream().read(new byte[SLICE]);
        client.getOutputStream().write(UNAVAILABLE);
        client.getOutputStream().flush();
        close(client);
    }

    private void copy(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[SLICE];
        int passed = 0;
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            while (true) {
                int read = in.read(buffer, 0, state.get() == State.SLOW ? SLOW_SLICE : SLICE);
                if (read < 0) {
                    return;
                }
                while (state.get() == State.STALLED) {
                    Thread.sleep(SLOW_MILLIS);
                }
                if (state.get() == State.SLOW) {
                    Thread.sleep(SLOW_MILLIS);
                }
                boolean half = answers && state.get() == State.HALF;
                passed = half ? passed + read : 0;
                out.write(buffer, 0, half && passed > HALF_BYTES ? Math.min(read, HALF_BYTES) : read);
                out.flush();
                if (half && passed > HALF_BYTES) {
                    return;
                }
            }
        } catch (IOException e) {
            // One end is gone; the other one goes with it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "road");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        close(server);
        sockets.forEach(FaultyRoad::close);
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
