package dev.reflux.audit;

import dev.reflux.registry.format.StudentVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the versions say of the samples, partition by partition; notes on the way what they say of the frames. */
final class SampleRuns {

    private final String model;
    private final String topic;
    private final Frames frames;
    private final Faults faults;
    private final Map<Integer, Line> lines = new HashMap<>();
    private final List<FateRuns.Run> duplicates = new ArrayList<>();
    private long trainedSaid;
    private long parent;

    SampleRuns(String model, String topic, Frames frames, Faults faults) {
        this.model = model;
        this.topic = topic;
        this.frames = frames;
        this.faults = faults;
    }

    /** A run and the version that has it. */
    record Owned(FateRuns.Run run, long version) {}

    /** The runs of one partition, and the offset up to which they reach. */
    static final class Line {

        private final List<Owned> runs = new ArrayList<>();
        private long next;

        List<Owned> runs() {
            return runs;
        }

        long next() {
            return next;
        }

        /** Forgets the runs: the topic was made anew. */
        void restart() {
            runs.clear();
            next = 0;
        }
    }

    Line line(int partition) {
        return lines.computeIfAbsent(partition, key -> new Line());
    }

    /** Returns the runs of duplicates that name what they repeat. */
    List<FateRuns.Run> duplicates() {
        return duplicates;
    }

    /** Adds what a version says. Versions come in their order. */
    void add(StudentVersion version, FateRuns fates) {
        long number = version.version();
        if (!fates.model().equals(model) || fates.parent() != version.lineage().parentVersion()) {
            contradict(number, "is of " + fates.model() + " after version " + fates.parent());
        }
        long trained = 0;
        Map<String, Long> offsets = new HashMap<>(version.lineage().nextOffsets());
        // Where the topic was made anew since the parent, a partition comes twice.
        Map<Integer, Long> ends = new HashMap<>();
        for (FateRuns.Partition partition : fates.partitions()) {
            trained += add(number, partition);
            ends.put(partition.number(), partition.to());
        }
        ends.forEach((partition, end) -> {
            Long next = offsets.remove(topic + "-" + partition);
            if (!end.equals(next)) {
                contradict(number, "ends partition " + partition + " at " + end + ", and the manifest at " + next);
            }
        });
        if (!offsets.isEmpty()) {
            contradict(number, "says nothing of " + String.join(", ", offsets.keySet()));
        }
        long said = version.lineage().framesTrained();
        if (number == parent + 1 && said - trainedSaid != trained) {
            contradict(number, "has " + trained + " trained samples, and the manifest " + (said - trainedSaid));
        }
        trainedSaid = said;
        parent = number;
    }

    private long add(long version, FateRuns.Partition partition) {
        Line line = line(partition.number());
        if (partition.from() == 0 && line.next > 0) {
            line.restart();
        } else if (partition.from() != line.next && line.next > 0) {
            contradict(
                    version,
                    "begins partition " + partition.number() + " at " + partition.from()
                            + ", and the version before ends at " + line.next);
        }
        long trained = 0;
        long end = partition.from();
        for (FateRuns.Run run : partition.runs()) {
            String where = "offsets " + run.first() + " to " + run.last() + " of partition " + partition.number();
            if (run.last() < run.first()
                    || run.samples() < 1
                    || run.samples() > run.last() - run.first() + 1
                    || run.last() >= partition.to()) {
                contradict(version, "has an impossible run at " + where);
                continue;
            }
            if (run.first() < end) {
                faults.add(FaultKind.SAMPLE_TWICE, "Version " + version + " accounts twice for " + where + ".");
            }
            end = run.last() + 1;
            trained += run.fate().equals(FrameFate.TRAINED.words()) ? run.samples() : 0;
            line.runs.add(new Owned(run, version));
            note(run, version, where);
        }
        line.next = partition.to();
        return trained;
    }

    private void note(FateRuns.Run run, long version, String where) {
        FrameFate fate = FrameFate.named(run.fate());
        if (run.frames().isEmpty() && fate == FrameFate.SKIPPED) {
            faults.add(
                    FaultKind.SAMPLE_REMOVED,
                    "Version " + version + " could not read the samples at " + where + ": " + run.reason() + ".");
        }
        run.frames().ifPresent(first -> {
            String reason = fate == FrameFate.OTHER ? run.fate() : run.reason();
            for (long i = 0; i < run.samples(); i++) {
                frames.fate(first.plus(i), fate, version, reason);
            }
        });
        if (run.of().isPresent()) {
            duplicates.add(run);
        }
    }

    private void contradict(long version, String what) {
        faults.add(FaultKind.FATES_CONTRADICT, "fates.json of version " + version + " " + what + ".");
    }
}
