package dev.reflux.registry.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** A real server of TCP connections, which answers every request as it was told, however wrong that is. */
final class BadServer implements AutoCloseable {

    /** How a request is answered. */
    interface Manner {
        void answer(OutputStream out, CountDownLatch end) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private volatile Supplier<Manner> manner;

    BadServer(Manner manner) {
        this.manner = () -> manner;
        try {
            this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    void behave(Manner now) {
        manner = () -> now;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    /** Returns the request lines and headers so far, one text for each request. */
    List<String> heads() {
        return heads;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                threads.execute(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
            StringBuilder head = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
            }
            heads.add(head.toString());
            manner.get().answer(connection.getOutputStream(), end);
        } catch (IOException e) {
            // The client has left.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Manner text(String answer) {
        return (out, end) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    static Manner ok(String body) {
        return text("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
    }

    static Manner redirect(String to) {
        return text("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + to
                + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    /** Writes the same again and again, until the client leaves. */
    static Manner endless(String head, String again) {
        return (out, end) -> {
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            byte[] more = again.getBytes(StandardCharsets.ISO_8859_1);
            while (end.getCount() > 0) {
                out.write(more);
            }
        };
    }

    /** Says nothing more, and keeps the connection. */
    static Manner silent(String head) {
        return (out, end) -> {
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            end.await();
        };
    }

    /** Writes a byte now and then. */
    static Manner trickling(String head, long everyMillis) {
        return (out, end) -> {
            out.write(head.getBytes(StandardCharsets.ISO_8859_1));
            while (!end.await(everyMillis, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                out.write('x');
                out.flush();
            }
        };
    }

    @Override
    public void close() {
        end.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
