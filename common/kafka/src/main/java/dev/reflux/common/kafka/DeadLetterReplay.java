package dev.reflux.common.kafka;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;

/**
 * Lists dead letters, and sends refused records again to the topic from which they came.
 *
 * <ol>
 *   <li>A letter is sent again once, with the key, the value and the headers of the refused record. A mark in the topic of
 *       the dead letters says so; it is committed in the transaction of the record.
 *   <li>A replay that begins fences one that runs, so two of them send nothing twice.
 *   <li>Memory does not grow with the letters: at most {@link #AT_ONCE} of them are held.
 * </ol>
 *
 * Blocks on the brokers. One thread.
 */
public final class DeadLetterReplay {

    /** Header of a record that was sent again: PARTITION@OFFSET of its dead letter. */
    public static final String LETTER = "reflux.replayed.letter";

    private static final String MARK = "reflux.replayed";
    private static final String TRANSACTIONS = "reflux-dead-letters";
    private static final int AT_ONCE = 16;
    private static final long BYTES_AT_ONCE = 8L << 20;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final KafkaSettings kafka;

    /** Creates a replay, which connects when it is used. */
    public DeadLetterReplay(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /**
     * Which letters are meant.
     *
     * @param reason their reason; empty: any
     * @param since the earliest time at which the broker took them; empty: any
     * @param limit the largest number of letters; 0: no limit
     */
    public record Filter(Optional<Rejection> reason, Optional<Instant> since, long limit) {

        private boolean takes(Found found) {
            return reason.filter(wanted -> wanted != found.letter().reason()).isEmpty()
                    && since.filter(earliest -> found.at().isBefore(earliest)).isEmpty();
        }

        private boolean full(long taken) {
            return limit > 0 && taken >= limit;
        }
    }

    /**
     * A letter in its topic.
     *
     * @param place PARTITION@OFFSET of the letter
     * @param at the time at which the broker took it
     * @param letter the letter
     * @param replayed whether its record was sent again
     */
    public record Found(String place, Instant at, DeadLetter letter, boolean replayed) {}

    /**
     * What a replay did.
     *
     * @param sent the number of records that were sent again
     * @param already the number of letters whose records were sent again by an earlier replay
     * @param kept the number of letters that cannot be sent again: their record was left out, is too large, or is of a topic
     *     that is none of the path
     */
    public record Result(long sent, long already, long kept) {}

    /**
     * Lists letters in the order in which they were written.
     *
     * @throws UsageException if no broker answers
     */
    public void list(Filter filter, Consumer<Found> each) {
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, TRANSACTIONS, Map.of())) {
            Set<String> marks = marks(consumer);
            long[] taken = {0};
            scan(consumer, record -> {
                found(record, marks).filter(filter::takes).ifPresent(found -> {
                    taken[0]++;
                    each.accept(found);
                });
                return !filter.full(taken[0]);
            });
        }
    }

    /**
     * Sends records again.
     *
     * @param each told each letter whose record was sent again
     * @throws UsageException if the brokers refuse, or another replay has begun; what was sent until then is marked
     */
    public Result replay(Filter filter, Consumer<Found> each) {
        try (Producer<byte[], byte[]> producer = KafkaClients.transactionalProducer(kafka, TRANSACTIONS);
                KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(kafka, TRANSACTIONS, Map.of())) {
            // First: what another replay has begun is committed or aborted when the marks are read.
            producer.initTransactions();
            Round round = new Round(producer, each);
            Set<String> marks = marks(consumer);
            scan(consumer, record -> {
                found(record, marks).filter(filter::takes).ifPresent(round::take);
                return !filter.full(round.taken());
            });
            return round.end();
        } catch (ProducerFencedException e) {
            throw new UsageException(
                    "Another replay at " + kafka.bootstrapServers()
                            + " has begun, and this one has stopped; nothing was sent twice.",
                    e);
        } catch (KafkaException e) {
            throw new UsageException(
                    "The dead letters at " + kafka.bootstrapServers() + " cannot be sent again: " + e.getMessage()
                            + " What was sent so far is marked; run the replay again.",
                    e);
        }
    }

    /** The letters of one replay, in transactions. */
    private static final class Round {

        private final Producer<byte[], byte[]> producer;
        private final Consumer<Found> each;
        private final List<Found> open = new ArrayList<>();
        private long openBytes;
        private long sent;
        private long already;
        private long kept;

        Round(Producer<byte[], byte[]> producer, Consumer<Found> each) {
            this.producer = producer;
            this.each = each;
        }

        long taken() {
            return sent + open.size();
        }

        void take(Found found) {
            if (found.replayed()) {
                already++;
            } else if (!found.letter().whole() || !isOfThePath(found.letter().topic())) {
                kept++;
            } else {
                open.add(found);
                byte[] value = found.letter().value();
                openBytes += value == null ? 0 : value.length;
                if (open.size() >= AT_ONCE || openBytes >= BYTES_AT_ONCE) {
                    send();
                }
            }
        }

        Result end() {
            send();
            return new Result(sent, already, kept);
        }

        private void send() {
            if (!open.isEmpty() && !sent(open)) {
                open.stream()
                        .filter(one -> open.size() == 1 || !sent(List.of(one)))
                        .forEach(tooLarge -> kept++);
            }
            open.clear();
            openBytes = 0;
        }

        /** Sends letters in one transaction; returns false, and has sent none, if one is too large for its topic. */
        private boolean sent(List<Found> letters) {
            producer.beginTransaction();
            List<Future<RecordMetadata>> receipts = new ArrayList<>();
            for (Found found : letters) {
                receipts.add(producer.send(again(found)));
                receipts.add(producer.send(mark(found)));
            }
            producer.flush();
            for (Future<RecordMetadata> receipt : receipts) {
                if (failure(receipt)
                        .filter(RecordTooLargeException.class::isInstance)
                        .isPresent()) {
                    producer.abortTransaction();
                    return false;
                }
            }
            producer.commitTransaction();
            sent += letters.size();
            letters.forEach(each);
            return true;
        }

        private static Optional<Throwable> failure(Future<RecordMetadata> receipt) {
            try {
                receipt.get();
                return Optional.empty();
            } catch (ExecutionException e) {
                return Optional.ofNullable(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of(e);
            }
        }

        private static ProducerRecord<byte[], byte[]> again(Found found) {
            DeadLetter letter = found.letter();
            var record = new ProducerRecord<>(letter.topic(), letter.key(), letter.value());
            letter.headers().stream()
                    .filter(header -> !header.key().equals(LETTER))
                    .forEach(record.headers()::add);
            record.headers().add(LETTER, found.place().getBytes(StandardCharsets.UTF_8));
            return record;
        }

        private static ProducerRecord<byte[], byte[]> mark(Found found) {
            var record = new ProducerRecord<byte[], byte[]>(Topics.DEAD_LETTER, null, new byte[0]);
            record.headers().add(MARK, found.place().getBytes(StandardCharsets.UTF_8));
            return record;
        }

        private static boolean isOfThePath(String topic) {
            return topic.equals(Topics.FRAMES_LABELED) || topic.equals(Topics.DISTILLATION_SAMPLES);
        }
    }

    private static Optional<Found> found(ConsumerRecord<byte[], byte[]> record, Set<String> marks) {
        if (!DeadLetter.isOne(record)) {
            return Optional.empty();
        }
        String place = record.partition() + "@" + record.offset();
        return Optional.of(new Found(
                place, Instant.ofEpochMilli(record.timestamp()), DeadLetter.read(record), marks.contains(place)));
    }

    private Set<String> marks(KafkaConsumer<byte[], byte[]> consumer) {
        Set<String> marks = new HashSet<>();
        scan(consumer, record -> {
            Header mark = record.headers().lastHeader(MARK);
            if (mark != null && mark.value() != null) {
                marks.add(new String(mark.value(), StandardCharsets.UTF_8));
            }
            return true;
        });
        return marks;
    }

    /** Reads the topic from its beginning up to its present end, until the reader returns false. */
    private void scan(KafkaConsumer<byte[], byte[]> consumer, Predicate<ConsumerRecord<byte[], byte[]>> reader) {
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.DEAD_LETTER).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long silentSince = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    silentSince = System.nanoTime();
                    long end = ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L);
                    if (record.offset() < end && !reader.test(record)) {
                        return;
                    }
                }
                if (System.nanoTime() - silentSince > PATIENCE.toNanos()) {
                    throw new UsageException("The broker at " + kafka.bootstrapServers() + " gives no record of "
                            + Topics.DEAD_LETTER + " for " + PATIENCE.toSeconds()
                            + " s; try again when it answers.");
                }
            }
        } catch (KafkaException e) {
            throw new UsageException(
                    "The dead letters at " + kafka.bootstrapServers() + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
