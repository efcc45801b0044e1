package dev.reflux.trainer;

import dev.reflux.common.codec.MessageCodec;
import dev.reflux.common.kafka.Topics;
import dev.reflux.common.message.FrameSource;
import dev.reflux.common.message.WantedLabel;
import dev.reflux.common.message.WantedReason;
import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.wanted.Choice;
import dev.reflux.trainer.wanted.WantedFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends choices to the topic of wanted labels without waiting for an answer: training goes on while the brokers are away. (A
 * send blocks for at most {@code max.block.ms} if the client does not know the topic's metadata.) A choice that they do not take is sent again with the next one, and is among the {@linkplain #unwritten unwritten} ones until they have
 * it. The number of these is bounded: the oldest are given up. The training thread only.
 */
final class WantedOutbox {

    /** With the default windows, so many choices are made of some thousand frames. */
    static final int MOST_UNWRITTEN = 256;

    private static final Logger LOG = LoggerFactory.getLogger(WantedOutbox.class);

    private final Producer<byte[], byte[]> producer;
    private final String model;
    private final TrainerGauges gauges;
    private final Deque<Letter> letters = new ArrayDeque<>();
    private boolean told;

    /** @param model the name of the model whose trainer wants the labels */
    WantedOutbox(Producer<byte[], byte[]> producer, String model, TrainerGauges gauges) {
        this.producer = producer;
        this.model = model;
        this.gauges = gauges;
    }

    /** A choice on its way. */
    private record Letter(Choice choice, Future<?> sent) {

        boolean isWritten() {
            return sent.isDone() && failure().isEmpty();
        }

        boolean isRefused() {
            return sent.isDone() && !failure().isEmpty();
        }

        private String failure() {
            try {
                sent.get();
                return "";
            } catch (ExecutionException e) {
                return String.valueOf(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return String.valueOf(e);
            }
        }
    }

    /** Sends a choice, after those that the brokers did not take. */
    void send(Choice choice) {
        gauges.wanted();
        repeatRefused();
        sendAgain(choice);
    }

    /** Sends a choice of a trainer that ended before the brokers had it. */
    void sendAgain(Choice choice) {
        letters.addLast(posted(choice));
        if (letters.size() > MOST_UNWRITTEN) {
            LOG.warn(
                    "Wanted label {} is given up: the brokers have not taken the last {}.",
                    letters.removeFirst().choice().frame().frameId(),
                    MOST_UNWRITTEN);
        }
    }

    /** Brokers that refuse one are not asked for the others now: each attempt may block. */
    private void repeatRefused() {
        dropWritten();
        tell();
        boolean taken = true;
        for (int i = letters.size(); i > 0; i--) {
            Letter letter = letters.removeFirst();
            boolean again = taken && letter.isRefused();
            Letter next = again ? posted(letter.choice()) : letter;
            taken &= !again || !next.isRefused();
            letters.addLast(next);
        }
    }

    private void tell() {
        Optional<Letter> refused = letters.stream().filter(Letter::isRefused).findFirst();
        if (refused.isPresent() && !told) {
            LOG.warn(
                    "The brokers do not take wanted labels; training goes on, and they are sent again: {}",
                    refused.get().failure());
        }
        told = refused.isPresent();
    }

    private Letter posted(Choice choice) {
        byte[] key = model.getBytes(StandardCharsets.UTF_8);
        try {
            return new Letter(
                    choice,
                    producer.send(new ProducerRecord<>(
                            Topics.LABELS_WANTED, key, message(choice).toByteArray())));
        } catch (KafkaException e) {
            return new Letter(choice, CompletableFuture.failedFuture(e));
        }
    }

    private WantedLabel message(Choice choice) {
        WantedFrame frame = choice.frame();
        WantedLabel.Builder message = WantedLabel.newBuilder()
                .setFormatVersion(MessageCodec.FORMAT_VERSION)
                .setModelName(model)
                .setWindow(choice.window())
                .setRank(choice.rank())
                .setFrameId(frame.frameId())
                .setCameraId(frame.cameraId())
                .setVehicleId(frame.vehicleId())
                .setCapturedAtMicros(frame.capturedAtMicros())
                .setScore(frame.score().value());
        frame.score()
                .parts()
                .forEach((name, value) -> message.addReasons(
                        WantedReason.newBuilder().setName(name).setValue(value)));
        FramePlace source = frame.source();
        if (source != null) {
            message.setFrameSource(FrameSource.newBuilder()
                    .setTopic(source.topic())
                    .setTopicId(source.topicId())
                    .setPartition(source.partition())
                    .setOffset(source.offset()));
        }
        return message.build();
    }

    private void dropWritten() {
        letters.removeIf(Letter::isWritten);
    }

    /** Returns the choices that the brokers are not known to have, oldest first. */
    List<Choice> unwritten() {
        dropWritten();
        return letters.stream().map(Letter::choice).toList();
    }
}
