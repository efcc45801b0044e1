package dev.reflux.audit;

import dev.reflux.common.kafka.KafkaClients;
import dev.reflux.common.kafka.Topics;
import dev.reflux.registry.client.ObjectSource;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/**
 * Audits a model line against the log: what became of every frame, and what contradicts.
 *
 * <ol>
 *   <li>It changes nothing, and needs neither teacher nor trainer.
 *   <li>It holds five bytes for each offset of frames and of samples, the runs of the versions, and one record at a time.
 *   <li>What is appended while it runs may be missing from its report; nothing else is.
 * </ol>
 */
public final class Audit {

    private static final String SOURCE_TOPIC = "reflux.source.topic";
    private static final String SOURCE_PARTITION = "reflux.source.partition";
    private static final String SOURCE_OFFSET = "reflux.source.offset";
    private static final String STAGE = "reflux.stage";
    private static final String REASON = "reflux.reason";
    private static final String REPLAYED = "reflux.replayed.letter";
    private static final int ADMIN_SECONDS = 30;

    private final AuditSettings settings;
    private final ObjectSource source;
    private final TopicScan scan;
    private final Faults faults = new Faults();
    private final Map<Integer, FrameLedger> samples = new HashMap<>();
    private final Map<Integer, RunCursor> cursors = new HashMap<>();
    private long replayed;
    private long unplaced;

    /**
     * Creates an audit.
     *
     * @param source the bucket of the registry
     * @param progress told what is read and how many records of it, after each poll
     */
    public Audit(AuditSettings settings, ObjectSource source, BiConsumer<String, Long> progress) {
        this.settings = settings;
        this.source = source;
        this.scan = new TopicScan(settings.kafka(), progress);
    }

    /**
     * Reads everything once.
     *
     * @throws dev.reflux.common.failure.UsageException if brokers, topics or model cannot be read
     */
    public AuditReport run() {
        try (Admin admin = KafkaClients.admin(settings.kafka())) {
            // Before the log is read: what the teachers commit meanwhile is not yet asked after.
            Map<TopicPartition, Long> committed = committed(admin);
            Frames frames = new Frames(
                    settings.frames(), Topics.id(admin, settings.frames()).orElse(""), faults);
            SampleRuns runs = new SampleRuns(settings.model(), settings.samples(), frames, faults);
            long versions = new Lineages(source, settings.model(), faults)
                    .read((version, fates) -> fates.ifPresent(found -> runs.add(version, found)));
            Map<Integer, TopicScan.Bounds> bounds = scan.read(settings.frames(), record -> frame(frames, record));
            scan.read(settings.deadLetters(), record -> letter(frames, record));
            Map<Integer, TopicScan.Bounds> sampleBounds =
                    scan.read(settings.samples(), record -> sample(frames, runs, record));
            cursors.values().forEach(cursor -> cursor.end(faults));
            sampleBounds.forEach((partition, at) -> removed(runs.line(partition), partition, at));
            duplicates(frames, runs);
            return new Verdict(frames, bounds, committed, settings.frames(), faults)
                    .report(settings.model(), versions, replayed, unplaced);
        }
    }

    private Map<TopicPartition, Long> committed(Admin admin) {
        Map<TopicPartition, Long> found = new HashMap<>();
        try {
            admin.listConsumerGroupOffsets(settings.teacherGroup())
                    .partitionsToOffsetAndMetadata()
                    .get(ADMIN_SECONDS, TimeUnit.SECONDS)
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            found.put(partition, offset.offset());
                        }
                    });
        } catch (ExecutionException | TimeoutException e) {
            // Then what was accounted for says how far the teachers have come.
            found.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    private void frame(Frames frames, ConsumerRecord<byte[], byte[]> record) {
        long takenAt = record.timestampType() == TimestampType.LOG_APPEND_TIME ? record.timestamp() : Long.MIN_VALUE;
        frames.partition(record.partition()).inLog(record.offset(), takenAt);
        if (record.headers().lastHeader(REPLAYED) != null) {
            replayed++;
        }
    }

    private void letter(Frames frames, ConsumerRecord<byte[], byte[]> record) {
        String topic = header(record, SOURCE_TOPIC).orElse("");
        Optional<Long> offset = number(record, SOURCE_OFFSET);
        Optional<Long> partition = number(record, SOURCE_PARTITION);
        if (offset.isEmpty() || partition.isEmpty()) {
            return;
        }
        long at = offset.get();
        int number = partition.get().intValue();
        if (topic.equals(settings.samples())) {
            // A trainer writes a letter again if it ends between the letter and its checkpoint.
            sampleLedger(number).refused(at);
        } else if (topic.equals(settings.frames())) {
            FrameLedger ledger = frames.partition(number);
            if (ledger.isEarlier(at, record.timestamp())) {
                return;
            }
            if (ledger.refused(at)) {
                faults.add(
                        FaultKind.REFUSED_TWICE,
                        "Frame " + number + ":" + at + " has two dead letters by "
                                + header(record, STAGE).orElse("a teacher") + ".");
            }
            if (ledger.fate(at) == FrameFate.NO_RECORD) {
                ledger.fate(
                        at,
                        FrameFate.DEAD_LETTERED,
                        frames.number(header(record, REASON).orElse("")));
            }
        }
    }

    private void sample(Frames frames, SampleRuns runs, ConsumerRecord<byte[], byte[]> record) {
        int partition = record.partition();
        FrameLedger ledger = sampleLedger(partition);
        ledger.inLog(record.offset());
        RunCursor cursor = cursors.computeIfAbsent(
                partition, key -> new RunCursor(partition, runs.line(partition), record.offset()));
        Optional<FateRuns.Place> place = record.value() == null ? Optional.empty() : SampleSource.of(record.value());
        if (place.isEmpty()) {
            unplaced++;
        }
        boolean again = record.headers().lastHeader(REPLAYED) != null;
        place.ifPresent(found -> {
            if (frames.of(found).taught(found.first()) && !again) {
                faults.add(FaultKind.TAUGHT_TWICE, "Frame " + found + " has two samples.");
            }
        });
        cursor.sample(record.offset(), place, ledger, faults);
    }

    private FrameLedger sampleLedger(int partition) {
        return samples.computeIfAbsent(partition, key -> new FrameLedger());
    }

    private void removed(SampleRuns.Line line, int partition, TopicScan.Bounds at) {
        if (line.next() < at.begin()) {
            faults.add(
                    FaultKind.SAMPLE_REMOVED,
                    "The samples at offsets " + line.next() + " to " + (at.begin() - 1) + " of partition " + partition
                            + " are gone, and no version has them.");
        }
    }

    private void duplicates(Frames frames, SampleRuns runs) {
        for (FateRuns.Run run : runs.duplicates()) {
            for (long i = 0; i < run.samples(); i++) {
                FateRuns.Place first = run.of().orElseThrow().plus(i);
                FrameFate fate = frames.of(first).fate(first.first());
                if (fate == FrameFate.NO_RECORD || fate == FrameFate.DEAD_LETTERED) {
                    faults.add(
                            FaultKind.DUPLICATE_OF_NOTHING,
                            "The sample at offset " + run.first() + " is said to repeat frame " + first + ", which is "
                                    + (fate == FrameFate.NO_RECORD ? "in no version" : fate.words()) + ".");
                }
            }
        }
    }

    private static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }

    private static Optional<Long> number(ConsumerRecord<byte[], byte[]> record, String name) {
        return header(record, name).filter(text -> text.matches("[0-9]{1,18}")).map(Long::valueOf);
    }
}
