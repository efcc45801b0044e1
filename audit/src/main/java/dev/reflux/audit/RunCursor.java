package dev.reflux.audit;

import java.util.Optional;

/** Follows the samples of one partition through the runs of the versions, and compares the two. */
final class RunCursor {

    private final int partition;
    private final SampleRuns.Line line;
    private final long begin;
    private int at;
    private long inRun;

    /** @param begin the first offset that the log has */
    RunCursor(int partition, SampleRuns.Line line, long begin) {
        this.partition = partition;
        this.line = line;
        this.begin = begin;
    }

    /** Takes the next sample of the log. */
    void sample(long offset, Optional<FateRuns.Place> place, FrameLedger letters, Faults faults) {
        while (at < line.runs().size() && line.runs().get(at).run().last() < offset) {
            leave(faults);
        }
        if (at == line.runs().size() || line.runs().get(at).run().first() > offset) {
            if (offset < line.next()) {
                faults.add(
                        FaultKind.SAMPLE_LOST,
                        "The sample at " + partition + ":" + offset
                                + place.map(of -> " of frame " + of).orElse("")
                                + " is before the end of the newest version, and no version accounts for it.");
            }
            return;
        }
        compare(line.runs().get(at), offset, place, letters, faults);
        inRun++;
    }

    private void compare(
            SampleRuns.Owned owned, long offset, Optional<FateRuns.Place> place, FrameLedger letters, Faults faults) {
        FateRuns.Run run = owned.run();
        if (counted(run) && place.isPresent() && run.frames().isPresent()) {
            FateRuns.Place said = run.frames().get().plus(inRun);
            if (!said.equals(place.get())) {
                faults.add(
                        FaultKind.FATES_CONTRADICT,
                        "fates.json of version " + owned.version() + " says that the sample at " + partition + ":"
                                + offset + " is of frame " + said + ", and the sample says " + place.get() + ".");
            }
        }
        if (run.fate().equals(FrameFate.DEAD_LETTERED.words()) && !letters.isRefused(offset)) {
            faults.add(
                    FaultKind.LETTER_LOST,
                    "Version " + owned.version() + " says that the sample at " + partition + ":" + offset
                            + " is a dead letter, and there is none.");
        }
    }

    /** Returns whether the log has all samples of a run, so that they can be counted. */
    private boolean counted(FateRuns.Run run) {
        return run.first() >= begin;
    }

    private void leave(Faults faults) {
        SampleRuns.Owned owned = line.runs().get(at);
        FateRuns.Run run = owned.run();
        if (counted(run) && inRun != run.samples()) {
            faults.add(
                    FaultKind.FATES_CONTRADICT,
                    "fates.json of version " + owned.version() + " has " + run.samples() + " samples at offsets "
                            + run.first() + " to " + run.last() + " of partition " + partition + ", and the log "
                            + inRun + ".");
        }
        at++;
        inRun = 0;
    }

    /** Ends with the last sample of the log. */
    void end(Faults faults) {
        while (at < line.runs().size()) {
            leave(faults);
        }
    }
}
