package dev.reflux.fleet.push;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.codec.RepeatableFrames;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes labeled frames as a fleet of cameras would.
 *
 * <ol>
 *   <li>The frames of a camera reach the brokers in order, each at least once: no frame arrives after one that failed, until
 *       that one is sent again. A frame that is sent again has the same id.
 *   <li>At most {@code windowBytes} of frames are in memory, and at most {@code spoolBytes} on disk.
 *   <li>While the brokers do not answer, frames go to the spool. They are sent from there, oldest first, when the brokers
 *       answer again, also after a restart of the process. Without a spool, or when it is full, the pusher waits.
 *   <li>With a spool, a push that was killed continues where it was.
 *   <li>Each record begins a trace ({@link TraceContext}); a record that is sent again from memory keeps its trace.
 * </ol>
 *
 * One owner thread. {@link #stop()} may be called from any thread.
 */
public final class FramePusher implements AutoCloseable {

    /** A listener is called once for this many frames, and more often while the brokers do not answer. */
    public static final int REPORT_EVERY = 8;

    private static final Logger LOG = LoggerFactory.getLogger(FramePusher.class);
    private static final int DRAIN_AT_ONCE = 32;
    private static final long RETRY_NANOS = 500_000_000L;

    private final PushSettings settings;
    private final OrderedProducer producer;
    private final @Nullable FrameSpool spool;
    private final Deque<Sent> window = new ArrayDeque<>();
    private long windowBytes;
    private long acknowledged;
    private long refused;
    private long bytes;
    private long position;
    private boolean away;
    private long retryAt;
    private volatile boolean stopped;

    /** A frame without an acknowledgement yet. */
    private record Sent(byte[] value, TraceContext trace, Future<RecordMetadata> receipt) {}

    private FramePusher(PushSettings settings, OrderedProducer producer) {
        this.settings = settings;
        this.producer = producer;
        this.spool = settings.spool()
                .map(folder -> FrameSpool.open(folder, settings.spoolBytes()))
                .orElse(null);
    }

    /**
     * Creates a pusher.
     *
     * @throws UsageException when the address of the brokers or the folder of the spool cannot be used
     */
    public static FramePusher open(PushSettings settings) {
        int timeout = Math.toIntExact(settings.deliveryTimeout().toMillis());
        return new FramePusher(
                settings,
                new OrderedProducer(() -> KafkaClients.producer(
                        settings.kafka(),
                        Map.of(
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                                timeout,
                                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                Math.max(1, timeout - 10),
                                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                                timeout,
                                ProducerConfig.BUFFER_MEMORY_CONFIG,
                                settings.windowBytes() + (32L << 20)))));
    }

    /** Returns the position at which the push of these frames continues; 0 without a spool. */
    public long resumeAt(RepeatableFrames frames) {
        return spool == null ? 0 : spool.position(frames.name());
    }

    /**
     * Pushes frames from a position on. Returns when the brokers have every frame, or after {@link #stop}.
     *
     * @param from the number of messages to skip, because they were settled earlier
     * @param listener receives the progress on this thread
     * @return the progress at the end
     * @throws UsageException when the brokers refuse a frame for good
     */
    public PushProgress push(RepeatableFrames frames, long from, PushListener listener) {
        position = from;
        long began = System.nanoTime();
        long paced = 0;
        try (Stream<LabeledFrame> messages = frames.messages().skip(from)) {
            for (Iterator<LabeledFrame> each = messages.iterator(); !stopped && each.hasNext(); ) {
                pace(began, paced++);
                offer(each.next());
                remember(frames, listener, paced % REPORT_EVERY == 0);
            }
        }
        while (!stopped && (!window.isEmpty() || waiting() > 0)) {
            settle(0);
            drain();
            remember(frames, listener, true);
            if (away) {
                pause();
            }
        }
        settleQuietly();
        remember(frames, listener, true);
        return progress();
    }

    /** Ends the running push after the current frame; spooled frames stay on disk. Any thread. */
    public void stop() {
        stopped = true;
    }

    /** Returns the progress. Owner thread. */
    public PushProgress progress() {
        return new PushProgress(position - window.size(), acknowledged, refused, waiting(), bytes, away);
    }

    // ---- one frame ---------------------------------------------------------------------------------------------

    private void offer(LabeledFrame frame) {
        byte[] value = frame.toByteArray();
        if (value.length > MessageCodec.MAX_RECORD_BYTES) {
            LOG.warn(
                    "Frame {} has {} bytes, over the limit of {}: not sent.",
                    frame.getFrameId(),
                    value.length,
                    MessageCodec.MAX_RECORD_BYTES);
            refused++;
            position++;
            return;
        }
        if (spool != null && !spool.isEmpty()) {
            drain();
        }
        settle(Math.max(0, settings.windowBytes() - value.length));
        while (spool != null && (away || !spool.isEmpty()) && spool.full(value.length) && !stopped) {
            pause();
            drain();
        }
        if (stopped) {
            return;
        }
        if (spool != null && (away || !spool.isEmpty())) {
            spool.add(value);
        } else {
            send(frame.getCameraId(), value, TraceContext.begin());
        }
        position++;
    }

    private void send(String cameraId, byte[] value, TraceContext trace) {
        window.addLast(sent(cameraId, value, trace));
        windowBytes += value.length;
    }

    private Sent sent(String cameraId, byte[] value, TraceContext trace) {
        var record = new ProducerRecord<>(Topics.FRAMES_LABELED, cameraId.getBytes(StandardCharsets.UTF_8), value);
        trace.writeTo(record.headers());
        return new Sent(value, trace, producer.send(record));
    }

    /** Waits for acknowledgements until at most the given number of bytes is unacknowledged. */
    private void settle(long mostBytes) {
        while (!window.isEmpty()
                && (windowBytes > mostBytes || window.peekFirst().receipt().isDone())) {
            Sent first = window.peekFirst();
            if (delivered(first)) {
                window.removeFirst();
                windowBytes -= first.value().length;
                acknowledged++;
                bytes += first.value().length;
            } else {
                brokersAreAway();
                return;
            }
        }
    }

    private boolean delivered(Sent sent) {
        try {
            sent.receipt().get();
            away = false;
            return true;
        } catch (ExecutionException e) {
            // A record that was given up failed because of the record before it.
            Throwable cause =
                    producer.failure().map(Throwable.class::cast).orElse(e.getCause() == null ? e : e.getCause());
            if (cause instanceof RetriableException) {
                LOG.info("The brokers do not accept frames ({}).", cause.getMessage());
                return false;
            }
            throw new UsageException(
                    "The brokers at " + settings.kafka().bootstrapServers() + " refuse frames: " + cause.getMessage()
                            + ".",
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
            return false;
        }
    }

    /** Spools the unacknowledged frames in order, or sends them again. */
    private void brokersAreAway() {
        away = true;
        List<Sent> lost = new ArrayList<>();
        for (Sent sent : window) {
            if (isDelivered(sent)) {
                acknowledged++;
                bytes += sent.value().length;
            } else {
                lost.add(sent);
            }
        }
        window.clear();
        windowBytes = 0;
        producer.renew();
        if (spool != null) {
            lost.forEach(sent -> spool.add(sent.value()));
        } else if (!stopped) {
            pause();
            lost.forEach(sent -> send(cameraOf(sent.value()), sent.value(), sent.trace()));
        }
        retryAt = System.nanoTime() + RETRY_NANOS;
    }

    private static boolean isDelivered(Sent sent) {
        try {
            sent.receipt().get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    // ---- the spool ---------------------------------------------------------------------------------------------

    /** Sends the oldest spooled frames; each is deleted when the brokers have it. */
    private void drain() {
        FrameSpool from = spool;
        if (from == null || from.isEmpty() || System.nanoTime() < retryAt) {
            return;
        }
        settle(0);
        List<Sent> batch = new ArrayList<>();
        for (byte[] value : from.first(away ? 1 : DRAIN_AT_ONCE)) {
            batch.add(sent(cameraOf(value), value, TraceContext.begin()));
        }
        for (Sent sent : batch) {
            if (!delivered(sent)) {
                away = true;
                producer.renew();
                retryAt = System.nanoTime() + RETRY_NANOS;
                return;
            }
            from.removeFirst();
            acknowledged++;
            bytes += sent.value().length;
        }
    }

    private static String cameraOf(byte[] value) {
        try {
            return LabeledFrame.parseFrom(value).getCameraId();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A spooled frame is not a message.", e);
        }
    }

    private long waiting() {
        return spool == null ? 0 : spool.size();
    }

    private void settleQuietly() {
        if (stopped && spool != null) {
            settle(0);
        }
    }

    private void remember(RepeatableFrames frames, PushListener listener, boolean due) {
        if (due) {
            if (spool != null) {
                spool.settled(frames.name(), progress().position());
            }
            listener.progressed(progress());
        }
    }

    // ---- time --------------------------------------------------------------------------------------------------

    private void pace(long began, long sentSoFar) {
        if (settings.framesPerSecond() > 0) {
            long due = began + (long) (sentSoFar / settings.framesPerSecond() * 1e9);
            for (long left = due - System.nanoTime(); left > 0 && !stopped; left = due - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(left, RETRY_NANOS));
                stopped |= Thread.currentThread().isInterrupted();
            }
        }
    }

    private void pause() {
        LockSupport.parkNanos(RETRY_NANOS);
        stopped |= Thread.currentThread().isInterrupted();
    }

    @Override
    public void close() {
        producer.close();
    }
}
