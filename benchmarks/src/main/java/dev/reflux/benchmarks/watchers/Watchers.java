package dev.reflux.benchmarks.watchers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sockets that watch an alias, each by long-poll or by event stream. Confined to one thread, which must call {@link #listen} often. */
final class Watchers implements AutoCloseable {

    private static final int TAIL = 512;
    private static final int WAIT_SECONDS = 120;

    private final InetSocketAddress registry;
    private final String token;
    private final String alias;
    private final Selector selector;
    private final List<SocketChannel> sockets = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 14);

    private static final class Watcher {
        private final byte[] request;
        private String tail = "";
        private long heard = -1;

        Watcher(byte[] request) {
            this.request = request;
        }
    }

    /** @param alias the alias's path, such as /v1/models/student/aliases/latest */
    Watchers(int port, String token, String alias) throws IOException {
        this.registry = new InetSocketAddress("127.0.0.1", port);
        this.token = token;
        this.alias = alias;
        this.selector = Selector.open();
    }

    /** Opens a socket that long-polls for the change after a number until it receives one. */
    void longPoll(long after) throws IOException {
        open(alias + "?after=" + after + "&wait=" + WAIT_SECONDS);
    }

    /** Opens a socket that receives every change. */
    void stream() throws IOException {
        open(alias + "/events");
    }

    private void open(String path) throws IOException {
        Watcher watcher = new Watcher(
                ("GET " + path + " HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        SocketChannel socket = SocketChannel.open(registry);
        socket.write(ByteBuffer.wrap(watcher.request));
        socket.configureBlocking(false);
        socket.register(selector, SelectionKey.OP_READ, watcher);
        sockets.add(socket);
    }

    int size() {
        return sockets.size();
    }

    /**
     * Reads the data that has arrived.
     *
     * @param change number of the expected change
     * @param latencies receives the nanoseconds since {@code since} of each socket that receives the change for the first time
     */
    void listen(long waitMillis, long change, long since, List<Long> latencies) throws IOException {
        selector.select(waitMillis);
        for (SelectionKey key : selector.selectedKeys()) {
            read(key, change, since, latencies);
        }
        selector.selectedKeys().clear();
    }

    private void read(SelectionKey key, long change, long since, List<Long> latencies) throws IOException {
        Watcher watcher = (Watcher) key.attachment();
        buffer.clear();
        if (((SocketChannel) key.channel()).read(buffer) < 0) {
            throw new IOException("the registry closed a connection: " + watcher.tail);
        }
        String text = watcher.tail + StandardCharsets.US_ASCII.decode(buffer.flip());
        if (text.contains(" 503 ")) {
            throw new IOException("the registry accepts no more watchers");
        }
        if (text.contains(" 304 ")) {
            // The long-poll timed out: the socket asks again, as a vehicle does.
            watcher.tail = "";
            ((SocketChannel) key.channel()).write(ByteBuffer.wrap(watcher.request));
            return;
        }
        if (watcher.heard < change && text.contains("\"number\":" + change + ",")) {
            watcher.heard = change;
            latencies.add(System.nanoTime() - since);
        }
        watcher.tail = text.length() > TAIL ? text.substring(text.length() - TAIL) : text;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel socket : sockets) {
            socket.close();
        }
        selector.close();
    }
}
