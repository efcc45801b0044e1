package dev.reflux.trainer.fates;

import dev.reflux.trainer.ingest.FramePlace;
import dev.reflux.trainer.ingest.SampleReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of every sample since the last published version, run by run. Its state is part of each checkpoint.
 *
 * <ol>
 *   <li>Within a window fates are decided in any order; {@link #took} then appends them in the order of the samples.
 *   <li>The number of runs is bounded: the trainer publishes a version when {@link #isFull}.
 * </ol>
 */
public final class FateLog {

    /** The number of runs at which a version is due. One window may exceed it. */
    public static final int MOST_RUNS = 8192;

    private final Map<SampleReference, Fate> decided = new HashMap<>();
    private final List<FateRun> runs = new ArrayList<>();
    private final Map<Integer, Integer> lastRuns = new HashMap<>();
    private final Map<Integer, Long> from = new TreeMap<>();
    private final List<Earlier> earlier = new ArrayList<>();

    /**
     * The state between two windows.
     *
     * @param from the next offset of each partition at the last version; a partition that is absent begins at 0
     * @param runs the runs since then
     * @param earlier what was read of a topic that was made anew since then, oldest first
     */
    public record State(Map<Integer, Long> from, List<FateRun> runs, List<Earlier> earlier) {

        public static final State EMPTY = new State(Map.of(), List.of());

        public State {
            earlier = Objects.requireNonNullElse(earlier, List.of());
        }

        /** Creates a state in which the topic was not made anew. */
        public State(Map<Integer, Long> from, List<FateRun> runs) {
            this(from, runs, List.of());
        }

        /**
         * Returns the state to go on with on a topic that was made anew.
         *
         * @param nextOffsets the next offset of each partition of the topic that is gone
         */
        public State onNewTopic(Map<Integer, Long> nextOffsets) {
            List<Earlier> all = new ArrayList<>(earlier);
            if (!runs.isEmpty()) {
                all.add(new Earlier(from, nextOffsets, runs));
            }
            return new State(Map.of(), List.of(), all);
        }
    }

    /**
     * What was read of a topic before it was made anew.
     *
     * @param from the first offset of each partition since the last version
     * @param to the next offset of each partition
     * @param runs the runs between
     */
    public record Earlier(Map<Integer, Long> from, Map<Integer, Long> to, List<FateRun> runs) {}

    /** Says what becomes of a sample of the window. A later decision replaces an earlier one. */
    public void decide(SampleReference sample, Fate fate) {
        decided.put(sample, fate);
    }

    /**
     * Appends a sample that has had its effect.
     *
     * @param frame the place of its frame; null if it is not known
     * @throws IllegalStateException if its fate was not decided
     */
    public void took(SampleReference sample, @Nullable FramePlace frame) {
        Fate fate = decided.remove(sample);
        if (fate == null) {
            throw new IllegalStateException("no fate was decided for " + sample);
        }
        append(FateRun.of(sample.partition(), sample.offset(), frame, fate));
    }

    /** Appends samples that are no longer in the topic, so that they could not be read. */
    public void gone(int partition, long first, long last, String reason) {
        append(new FateRun(partition, Fate.SKIPPED, reason, first, last, last - first + 1, null, null));
    }

    private void append(FateRun run) {
        Integer before = lastRuns.get(run.partition());
        if (before != null) {
            FateRun joined = runs.get(before).with(run).orElse(null);
            if (joined != null) {
                runs.set(before, joined);
                return;
            }
        }
        lastRuns.put(run.partition(), runs.size());
        runs.add(run);
    }

    /** Says that the training on all samples since the last version was undone. */
    public void takeBack() {
        runs.replaceAll(FateRun::takenBack);
    }

    /** Returns whether a version is due, so that its lineage takes the runs over. */
    public boolean isFull() {
        return runs.size() >= MOST_RUNS;
    }

    /** Forgets what the lineage of a published version says. */
    public void published(Map<Integer, Long> nextOffsets) {
        runs.clear();
        lastRuns.clear();
        earlier.clear();
        from.putAll(nextOffsets);
    }

    public State state() {
        return new State(Map.copyOf(from), List.copyOf(runs), List.copyOf(earlier));
    }

    public void restore(State state) {
        published(state.from());
        earlier.addAll(state.earlier());
        state.runs().forEach(run -> {
            lastRuns.put(run.partition(), runs.size());
            runs.add(run);
        });
    }
}
