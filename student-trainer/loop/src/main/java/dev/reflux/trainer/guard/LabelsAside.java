package dev.reflux.trainer.guard;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.update.FirstLook;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sets labels aside that are not to be trusted, and has all labels compared with teacher and student: those that are set
 * aside too, so that a doubt can end.
 *
 * <ol>
 *   <li>If distrust is off, every frame keeps its label; doubts are only told.
 *   <li>Whether a frame keeps its label is decided once, when it arrives. The decision is known as long as the frame is held,
 *       over restarts too.
 *   <li>Of a camera that comes to be doubted, the held frames lose their labels as well.
 * </ol>
 *
 * The training thread only.
 */
public final class LabelsAside implements FirstLook {

    private final LabelDoubts doubts;
    private final boolean distrust;
    private final Set<SampleReference> aside = new HashSet<>();
    private final Map<SampleReference, TrainingSample> labeled = new HashMap<>();
    private final Set<SampleReference> compared = new HashSet<>();
    private boolean begun;

    /** @param distrust whether any label is set aside */
    public LabelsAside(LabelDoubts doubts, boolean distrust) {
        this.doubts = doubts;
        this.distrust = distrust;
    }

    /** Returns the sample as it is to be trained on, scored and kept: without its label if that is not trusted. */
    public TrainingSample trusted(TrainingSample sample, Verdict verdict) {
        boolean doubted = distrust && doubts.isDoubted(sample.cameraId());
        if (!sample.isLabeled() || !(doubted || verdict.losesLabel())) {
            return sample;
        }
        labeled.put(sample.reference(), sample);
        return withoutLabel(sample);
    }

    /** Returns the sample as it is to be trained on, when no guard has judged it: without its label if its camera is doubted. */
    public TrainingSample trusted(TrainingSample sample) {
        return trusted(sample, Verdict.SANE);
    }

    private TrainingSample withoutLabel(TrainingSample sample) {
        aside.add(sample.reference());
        return sample.withLabel(LabelMap.none());
    }

    @Override
    public boolean wants(TrainingSample sample) {
        return sample.isLabeled() || labeled.containsKey(sample.reference());
    }

    /** Compares a frame's label, once in a window: the guard may have asked the student about it before. */
    @Override
    public void saw(TrainingSample sample, LabelMap classes) {
        if (compared.add(sample.reference())) {
            boolean before = doubts.isDoubted(sample.cameraId());
            doubts.compare(labeled.getOrDefault(sample.reference(), sample), classes);
            begun |= !before && doubts.isDoubted(sample.cameraId());
        }
    }

    /** Ends a window, and returns whether held frames are to lose their labels: a camera has come to be doubted. */
    public boolean endWindow() {
        boolean due = distrust && begun;
        begun = false;
        labeled.clear();
        compared.clear();
        return due;
    }

    /** Returns the samples, those of doubted cameras without their labels. */
    public List<TrainingSample> trustedOf(List<TrainingSample> held) {
        return held.stream()
                .map(sample ->
                        sample.isLabeled() && doubts.isDoubted(sample.cameraId()) ? withoutLabel(sample) : sample)
                .toList();
    }

    /** Returns samples that were read again as they were held: without the labels that had been set aside. */
    public List<TrainingSample> again(List<TrainingSample> read) {
        return read.stream()
                .map(sample -> aside.contains(sample.reference()) ? withoutLabel(sample) : sample)
                .toList();
    }

    /** Returns the number of cameras whose labels are doubted. */
    public int doubted() {
        return doubts.doubted();
    }

    /**
     * Returns everything on which the next decision depends, between two windows.
     *
     * @param held the places of all samples that are held; the others are forgotten
     */
    public State state(Collection<SampleReference> held) {
        aside.retainAll(Set.copyOf(held));
        return new State(
                doubts.state(), held.stream().filter(aside::contains).distinct().toList());
    }

    /**
     * Continues from a {@link #state}.
     *
     * @param held the places of all samples that are held
     */
    public void restore(State state, Collection<SampleReference> held) {
        doubts.restore(state.doubts());
        aside.clear();
        aside.addAll(state.aside());
        aside.retainAll(Set.copyOf(held));
    }

    /**
     * The whole state between two windows, for a checkpoint.
     *
     * @param doubts the record of each camera, the one that was quiet the longest first
     * @param aside the places of held samples whose labels are set aside
     */
    public record State(List<DoubtState> doubts, List<SampleReference> aside) {}
}
