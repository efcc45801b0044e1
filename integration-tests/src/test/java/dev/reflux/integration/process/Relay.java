package dev.reflux.integration.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A road to a server, from loopback, that can be cut, and on which answers can be held back. Any thread. */
public final class Relay implements AutoCloseable {

    private static final CountDownLatch OPEN = new CountDownLatch(0);

    private final URI target;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicReference<CountDownLatch> gate = new AtomicReference<>(OPEN);
    private final AtomicInteger held = new AtomicInteger();
    private volatile boolean cut;

    private Relay(URI target, ServerSocket server) {
        this.target = target;
        this.server = server;
    }

    public static Relay to(URI target) {
        try {
            Relay relay = new Relay(target, new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
            daemon(relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** From now on whoever comes is turned away, and whoever is under way is cut off. */
    public void cut() {
        cut = true;
        sockets.forEach(Relay::close);
    }

    public void mend() {
        cut = false;
    }

    /** Answers stay here from now on. */
    public void hold() {
        gate.set(new CountDownLatch(1));
    }

    /** How many answers have come since they are held. */
    public int held() {
        return held.get();
    }

    public void release() {
        held.set(0);
        gate.getAndSet(OPEN).countDown();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (cut) {
                    close(client);
                    continue;
                }
                Socket upstream = new Socket(target.getHost(), target.getPort());
                sockets.addAll(List.of(client, upstream));
                daemon(() -> copy(client, upstream, false));
                daemon(() -> copy(upstream, client, true));
            } catch (IOException e) {
                // Closed, or the server behind it is away: the client sees that too.
            }
        }
    }

    private void copy(Socket from, Socket to, boolean answers) {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read; (read = in.read(buffer)) >= 0; ) {
                CountDownLatch now = gate.get();
                if (answers && now.getCount() > 0) {
                    held.incrementAndGet();
                    now.await();
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // One end is gone; the other one goes with it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
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
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
