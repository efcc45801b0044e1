package dev.reflux.audit;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Decides from all that was read what became of each frame. */
final class Verdict {

    private final Frames frames;
    private final Map<Integer, TopicScan.Bounds> bounds;
    private final Map<TopicPartition, Long> committed;
    private final String topic;
    private final Faults faults;

    Verdict(
            Frames frames,
            Map<Integer, TopicScan.Bounds> bounds,
            Map<TopicPartition, Long> committed,
            String topic,
            Faults faults) {
        this.frames = frames;
        this.bounds = bounds;
        this.committed = committed;
        this.topic = topic;
        this.faults = faults;
    }

    AuditReport report(String model, long versions, long replayed, long unplaced) {
        Map<Integer, FrameLedger> ledgers = new TreeMap<>();
        Map<FrameFate, Long> counts = new EnumMap<>(FrameFate.class);
        bounds.forEach((partition, at) -> {
            FrameLedger ledger = frames.partition(partition);
            decide(partition, ledger, at, counts);
            ledgers.put(partition, ledger);
        });
        return new AuditReport(
                model,
                versions,
                counts,
                frames.earlier(),
                replayed,
                unplaced,
                faults.counts(),
                faults.sentences(),
                ledgers,
                frames);
    }

    private void decide(int partition, FrameLedger ledger, TopicScan.Bounds at, Map<FrameFate, Long> counts) {
        long teachersAt = teachersAt(partition, ledger);
        for (long offset = 0; offset < ledger.end(); offset++) {
            FrameFate fate = ledger.fate(offset);
            if (ledger.isRefused(offset) && ledger.isTaught(offset)) {
                faults.add(
                        FaultKind.TAUGHT_AND_REFUSED,
                        "Frame " + partition + ":" + offset + " has a sample and a dead letter by a teacher.");
            }
            if (fate == FrameFate.NO_RECORD) {
                fate = open(partition, ledger, offset, at, teachersAt);
                ledger.fate(offset, fate, 0);
            }
            if (fate != FrameFate.NO_RECORD) {
                counts.merge(fate, 1L, Long::sum);
            }
        }
    }

    private FrameFate open(int partition, FrameLedger ledger, long offset, TopicScan.Bounds at, long teachersAt) {
        if (ledger.isTaught(offset)) {
            return FrameFate.PENDING_TRAINER;
        }
        if (offset < at.begin()) {
            faults.add(
                    FaultKind.FRAME_REMOVED,
                    "Frame " + partition + ":" + offset + " is gone from the log, and nobody accounts for it.");
            return FrameFate.LOST;
        }
        if (!ledger.isInLog(offset)) {
            return FrameFate.NO_RECORD;
        }
        if (offset >= teachersAt) {
            return FrameFate.PENDING_TEACHER;
        }
        faults.add(
                FaultKind.FRAME_LOST,
                "Frame " + partition + ":" + offset + " was read by a teacher, and nobody accounts for it.");
        return FrameFate.LOST;
    }

    /** Returns the offset up to which the teachers have read: as committed, or else as far as anything is accounted for. */
    private long teachersAt(int partition, FrameLedger ledger) {
        Long known = committed.get(new TopicPartition(topic, partition));
        if (known != null) {
            return known;
        }
        for (long offset = ledger.end(); offset > 0; offset--) {
            if (ledger.fate(offset - 1) != FrameFate.NO_RECORD || ledger.isTaught(offset - 1)) {
                return offset;
            }
        }
        return 0;
    }
}
