package dev.reflux.audit;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** What an audit found. */
public final class AuditReport {

    private static final int FORMAT = 1;

    private final String model;
    private final long versions;
    private final Map<FrameFate, Long> counts;
    private final Map<FrameFate, Long> earlier;
    private final long replayed;
    private final long unplaced;
    private final Map<FaultKind, Long> faults;
    private final Map<FaultKind, List<String>> sentences;
    private final Map<Integer, FrameLedger> ledgers;
    private final Frames frames;

    AuditReport(
            String model,
            long versions,
            Map<FrameFate, Long> counts,
            Map<FrameFate, Long> earlier,
            long replayed,
            long unplaced,
            Map<FaultKind, Long> faults,
            Map<FaultKind, List<String>> sentences,
            Map<Integer, FrameLedger> ledgers,
            Frames frames) {
        this.model = model;
        this.versions = versions;
        this.counts = counts;
        this.earlier = earlier;
        this.replayed = replayed;
        this.unplaced = unplaced;
        this.faults = faults;
        this.sentences = sentences;
        this.ledgers = ledgers;
        this.frames = frames;
    }

    /** Returns the number of faults of each kind that was found. */
    public Map<FaultKind, Long> faults() {
        return faults;
    }

    /** Returns the sentences of the first faults of each kind. */
    public Map<FaultKind, List<String>> sentences() {
        return sentences;
    }

    /** Returns the number of frames of each fate. */
    public Map<FrameFate, Long> counts() {
        return counts;
    }

    /** Returns the number of frames in the log or in a version. */
    public long frameCount() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the number of faults by which something was lost. */
    public long lost() {
        return sum(true);
    }

    /** Returns the number of faults by which something happened twice. */
    public long twice() {
        return sum(false);
    }

    private long sum(boolean loss) {
        return faults.entrySet().stream()
                .filter(entry -> loss ? entry.getKey().isLoss() : entry.getKey().isTwice())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Writes a table for people. */
    public void print(PrintWriter out) {
        out.println("Model " + model + ": " + frameCount() + " frames, " + versions + " versions.");
        counts.forEach((fate, number) -> line(out, fate.words(), number));
        if (replayed > 0) {
            line(out, "of these sent again by dead-letters replay", replayed);
        }
        earlier.forEach((fate, number) -> line(out, "in an earlier topic: " + fate.words(), number));
        if (unplaced > 0) {
            line(out, "samples that do not name their frame", unplaced);
        }
        sentences.forEach((kind, found) -> {
            out.println("FAULT: " + faults.get(kind) + " " + kind.words());
            found.forEach(sentence -> out.println("  " + sentence));
        });
        out.println(lost() + " lost, " + twice() + " twice, "
                + (faults.isEmpty() ? "no fault." : faults.size() + " kinds of faults."));
    }

    private static void line(PrintWriter out, String name, long number) {
        out.println("  " + name + " ".repeat(Math.max(1, 44 - name.length())) + number);
    }

    /** Writes the report for machines: docs/audit.md describes it. The stream stays open. */
    public void write(OutputStream out) throws IOException {
        try (JsonGenerator json = new ObjectMapper().getFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("model", model);
            json.writeNumberField("versions", versions);
            json.writeNumberField("frames", frameCount());
            json.writeNumberField("lost", lost());
            json.writeNumberField("twice", twice());
            json.writeNumberField("replayed", replayed);
            json.writeNumberField("samplesWithoutFrame", unplaced);
            numbers(json, "fates", counts);
            numbers(json, "earlierTopics", earlier);
            json.writeArrayFieldStart("faults");
            for (Map.Entry<FaultKind, Long> fault : faults.entrySet()) {
                json.writeStartObject();
                json.writeStringField("kind", fault.getKey().name());
                json.writeNumberField("count", fault.getValue());
                json.writeArrayFieldStart("first");
                for (String sentence : sentences.getOrDefault(fault.getKey(), List.of())) {
                    json.writeString(sentence);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("partitions");
            for (Map.Entry<Integer, FrameLedger> partition : ledgers.entrySet()) {
                json.writeStartObject();
                json.writeNumberField("partition", partition.getKey());
                runs(json, partition.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void numbers(JsonGenerator json, String name, Map<FrameFate, Long> counts) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<FrameFate, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey().words(), count.getValue());
        }
        json.writeEndObject();
    }

    private void runs(JsonGenerator json, FrameLedger ledger) throws IOException {
        json.writeArrayFieldStart("runs");
        long first = 0;
        while (first < ledger.end()) {
            FrameFate fate = ledger.fate(first);
            int detail = ledger.detail(first);
            long next = first + 1;
            while (next < ledger.end() && ledger.fate(next) == fate && ledger.detail(next) == detail) {
                next++;
            }
            if (fate != FrameFate.NO_RECORD) {
                json.writeStartObject();
                json.writeNumberField("first", first);
                json.writeNumberField("last", next - 1);
                json.writeStringField("fate", fate.words());
                if (fate == FrameFate.DEAD_LETTERED || fate == FrameFate.OTHER) {
                    json.writeStringField("reason", frames.reason(detail));
                } else if (fate.compareTo(FrameFate.OTHER) < 0) {
                    json.writeNumberField("version", detail);
                }
                json.writeEndObject();
            }
            first = next;
        }
        json.writeEndArray();
    }
}
