package dev.reflux.fleet.push;

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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
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
 *   <li>A frame that is too large for the brokers is set aside: with a spool, in a folder of it. The push goes on behind it.
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
    private final RefusedFrames refused;
    private final Deque<SentFrame> window = new ArrayDeque<>();
    private long windowBytes;
    private long acknowledged;
    private long bytes;
    private long position;
    private boolean away;
    private long retryAt;
    private volatile boolean stopped;

    private FramePusher(PushSettings settings, OrderedProducer producer) {
        this.settings = settings;
        this.producer = producer;
        this.spool = settings.spool()
                .map(folder -> FrameSpool.open(folder, settings.spoolBytes()))
                .orElse(null);
        this.refused = new RefusedFrames(settings.kafka(), spool);
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
        try {
            return pushFrom(frames, from, listener);
        } catch (UsageException e) {
            // The next push begins behind what the brokers have.
            remember(frames, PushListener.SILENT, true);
            throw e;
        }
    }

    private PushProgress pushFrom(RepeatableFrames frames, long from, PushListener listener) {
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
        return new PushProgress(position - window.size(), acknowledged, refused.count(), waiting(), bytes, away);
    }

    // ---- one frame ---------------------------------------------------------------------------------------------

    private void offer(LabeledFrame frame) {
        byte[] value = frame.toByteArray();
        if (value.length > MessageCodec.MAX_RECORD_BYTES) {
            refused.add(value, "a record has at most " + MessageCodec.MAX_RECORD_BYTES + " bytes");
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

    private SentFrame sent(String cameraId, byte[] value, TraceContext trace) {
        var record = new ProducerRecord<>(Topics.FRAMES_LABELED, cameraId.getBytes(StandardCharsets.UTF_8), value);
        trace.writeTo(record.headers());
        return new SentFrame(value, trace, record, producer.send(record));
    }

    /** Waits for acknowledgements until at most the given number of bytes is unacknowledged. */
    private void settle(long mostBytes) {
        while (!window.isEmpty()
                && (windowBytes > mostBytes || window.peekFirst().receipt().isDone())) {
            SentFrame first = window.peekFirst();
            switch (outcome(first)) {
                case DELIVERED -> {
                    window.removeFirst();
                    windowBytes -= first.value().length;
                    delivered(first);
                }
                case AWAY -> {
                    brokersAreAway();
                    return;
                }
                case TOO_LARGE, GIVEN_UP -> sendWithoutTheLargeOne();
            }
        }
    }

    private void delivered(SentFrame sent) {
        acknowledged++;
        bytes += sent.value().length;
    }

    private SentFrame.Outcome outcome(SentFrame sent) {
        try {
            sent.receipt().get();
            away = false;
            return SentFrame.Outcome.DELIVERED;
        } catch (ExecutionException e) {
            // A record that was given up failed because of the record before it.
            Throwable cause = producer.failure()
                    .<Throwable>map(OrderedProducer.Failure::why)
                    .orElse(e.getCause() == null ? e : e.getCause());
            if (cause instanceof RetriableException) {
                LOG.info("The brokers do not accept frames ({}).", cause.getMessage());
                return SentFrame.Outcome.AWAY;
            }
            if (cause instanceof RecordTooLargeException) {
                return isTheLargeOne(sent) ? SentFrame.Outcome.TOO_LARGE : SentFrame.Outcome.GIVEN_UP;
            }
            throw new UsageException(
                    "The brokers at " + settings.kafka().bootstrapServers() + " refuse frames: " + cause.getMessage()
                            + ".",
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
            return SentFrame.Outcome.AWAY;
        }
    }

    private boolean isTheLargeOne(SentFrame sent) {
        return producer.failure()
                .filter(failure -> failure.record() == sent.record())
                .isPresent();
    }

    /** Sets the frame aside that the brokers never take, and sends the frames behind it again. */
    private void sendWithoutTheLargeOne() {
        List<SentFrame> rest = new ArrayList<>();
        for (SentFrame sent : window) {
            if (isTheLargeOne(sent)) {
                refused.add(sent.value(), reason());
            } else if (sent.delivered()) {
                delivered(sent);
            } else {
                rest.add(sent);
            }
        }
        window.clear();
        windowBytes = 0;
        producer.renew();
        rest.forEach(sent -> send(cameraOf(sent.value()), sent.value(), sent.trace()));
    }

    private String reason() {
        return producer.failure()
                .map(failure -> String.valueOf(failure.why().getMessage()))
                .orElse("");
    }

    /** Spools the unacknowledged frames in order, or sends them again. */
    private void brokersAreAway() {
        away = true;
        List<SentFrame> lost = new ArrayList<>();
        for (SentFrame sent : window) {
            if (sent.delivered()) {
                delivered(sent);
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

    // ---- the spool ---------------------------------------------------------------------------------------------

    /** Sends the oldest spooled frames; each is deleted when the brokers have it. */
    private void drain() {
        FrameSpool from = spool;
        if (from == null || from.isEmpty() || System.nanoTime() < retryAt) {
            return;
        }
        settle(0);
        List<FrameSpool.Spooled> frames = from.first(away ? 1 : DRAIN_AT_ONCE);
        List<SentFrame> batch = new ArrayList<>();
        for (FrameSpool.Spooled frame : frames) {
            batch.add(sent(cameraOf(frame.value()), frame.value(), TraceContext.begin()));
        }
        for (int i = 0; i < batch.size(); i++) {
            SentFrame sent = batch.get(i);
            switch (outcome(sent)) {
                case DELIVERED -> {
                    from.remove(frames.get(i));
                    delivered(sent);
                }
                case TOO_LARGE -> {
                    refused.add(sent.value(), reason());
                    from.remove(frames.get(i));
                }
                case GIVEN_UP -> LOG.debug("A spooled frame is sent again after one that is too large.");
                case AWAY -> {
                    away = true;
                    producer.renew();
                    retryAt = System.nanoTime() + RETRY_NANOS;
                    return;
                }
            }
        }
        producer.renew();
    }

    private static String cameraOf(byte[] value) {
        return RefusedFrames.read(value).getCameraId();
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
