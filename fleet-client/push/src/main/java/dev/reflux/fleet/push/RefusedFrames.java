package dev.reflux.fleet.push;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reflux.common.kafka.KafkaSettings;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.LabeledFrame;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets frames aside that the brokers never take, and says so. One owner thread. */
final class RefusedFrames {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedFrames.class);

    private final KafkaSettings kafka;
    private final @Nullable FrameSpool spool;
    private long count;

    /** @param spool keeps the frames; null: they are counted only */
    RefusedFrames(KafkaSettings kafka, @Nullable FrameSpool spool) {
        this.kafka = kafka;
        this.spool = spool;
    }

    long count() {
        return count;
    }

    void add(byte[] value, String why) {
        Optional<Path> kept = spool == null ? Optional.empty() : spool.setAside(value);
        LOG.warn(
                "Frame {} of {} bytes is too large for the brokers at {} ({}): it is {}. Send it smaller, or raise"
                        + " max.message.bytes of the topic {}.",
                read(value).getFrameId(),
                value.length,
                kafka.bootstrapServers(),
                why,
                kept.map(file -> "kept as " + file).orElse("not sent"),
                Topics.FRAMES_LABELED);
        count++;
    }

    static LabeledFrame read(byte[] value) {
        try {
            return LabeledFrame.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A spooled frame is not a message.", e);
        }
    }
}
