package dev.reflux.trainer.guard;

import dev.reflux.common.label.LabelMap;
import dev.reflux.trainer.guard.Fault.Side;
import dev.reflux.trainer.guard.Trust.Change;
import dev.reflux.trainer.ingest.SampleReference;
import dev.reflux.trainer.ingest.TrainingSample;
import dev.reflux.trainer.loop.WindowTrust;
import dev.reflux.trainer.update.StepReport;
import dev.reflux.trainer.update.StudentLearner;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges every sample before it takes effect. A camera at fault is set aside until its frames are sane again; a teacher at
 * fault is not listened to, and training goes on with labels and replay.
 *
 * <ol>
 *   <li>While nothing is wrong, the guard changes nothing: the student is the same, bit by bit, with and without it.
 *   <li>The verdicts depend on the samples in their order, on the student and on the {@linkplain #state state}, and on
 *       nothing else.
 *   <li>What is kept is bounded: {@value #MOST_SOURCES} cameras, and the last values of two quantities.
 * </ol>
 *
 * Whether label or teacher is wrong when they disagree, the student decides if it has learned enough and agrees with one of
 * them; or else the usual layout of labels, if one of them is like it; or else the other cameras: if they disagree with the
 * teacher too, it is the teacher. The training thread only.
 */
public final class LearningGuard {

    static final int MOST_SOURCES = 4096;

    /** The multiple of the usual spread by which an agreement must be low, besides the margin. */
    private static final double SPREADS = 6;

    /** The difference between the student's agreements with label and teacher that decides. */
    private static final double DECISIVE = 0.15;

    /** The fraction of pixels that the student must predict rightly before its word counts. */
    static final double MATURE = 0.5;

    private static final String MORE = "; further ones are counted in reflux_trainer_guard_faults_total.";

    private static final double ONE_CLASS = 0.98;
    private static final double SEVERAL_CLASSES = 0.9;

    /** Above this fraction of specks, what is left of a label is not worth having. */
    private static final double MOSTLY_SPECKS = 0.3;

    /** Noise has less than this part of the label's coherence. */
    private static final double COHERENT = 0.6;

    private final GuardSettings settings;
    private final StudentLearner student;
    private final GuardListener listener;
    private final RecentValues agreements = new RecentValues();
    private final RecentValues norms = new RecentValues();
    private final Layout layout = new Layout();
    private final Trust teacher = new Trust();
    private final Map<String, Trust> sources = new LinkedHashMap<>();
    private final Set<SampleReference> byLabelAlone = new HashSet<>();
    private boolean listens = true;
    private boolean skipping;
    private boolean purgeDue;

    /**
     * Creates a guard that has seen no sample.
     *
     * @param student arbitrates between label and teacher
     */
    public LearningGuard(GuardSettings settings, StudentLearner student, GuardListener listener) {
        this.settings = settings;
        this.student = student;
        this.listener = listener;
    }

    /**
     * Returns the sample as it is to be judged, trained on, scored and kept: the specks of a label that has too many are
     * ignored. It depends on the sample alone, so that a sample that is read again after a restart becomes the same.
     */
    public TrainingSample repaired(TrainingSample sample) {
        return settings.enabled() && isSpeckled(sample.label()) ? Specks.removed(sample) : sample;
    }

    private boolean isSpeckled(LabelMap label) {
        double specks = Specks.of(label);
        return specks > settings.mostSpecks() && specks <= MOSTLY_SPECKS;
    }

    /** Notes that a sample had to be repaired. */
    public void noteRepair(TrainingSample repaired) {
        listener.faulted(Fault.SPECKLED_LABEL);
        if (source(repaired.cameraId()).firstRepair()) {
            listener.said("Pixels of the labels of camera " + repaired.cameraId() + " are ignored: its "
                    + Fault.SPECKLED_LABEL.words() + MORE);
        }
    }

    /** Judges the next sample of the stream, which was {@link #repaired}; the caller does what the verdict says. */
    public Verdict judge(TrainingSample sample) {
        if (!settings.enabled()) {
            return Verdict.SANE;
        }
        FrameSigns signs = FrameSigns.of(sample);
        Trust source = source(sample.cameraId());
        int equal = source.equalImages(signs.imageHash());
        Fault fault = ofSource(signs, equal);
        if (fault == null) {
            fault = ofTeacher(signs);
            boolean unusual = fault == null && disagrees(signs);
            source.disagreed(unusual);
            fault = unusual ? arbitrate(sample, signs) : fault;
            noteTeacher(fault);
        }
        if (fault == null && !Double.isNaN(signs.agreement())) {
            agreements.add(signs.agreement());
            layout.add(signs.label(), classes(sample));
        }
        noteListening(fault);
        boolean ofSource = fault != null && fault.side() == Side.SOURCE && !losesLabel(fault);
        tell(source.add(ofSource), sample.cameraId(), fault);
        return verdict(sample, ofSource || !source.isLost() ? fault : Fault.PROBATION);
    }

    private boolean losesLabel(Fault fault) {
        return fault == Fault.FOREIGN_LABEL && settings.distrust();
    }

    private Verdict verdict(TrainingSample sample, @Nullable Fault fault) {
        if (fault == null) {
            return Verdict.SANE;
        }
        listener.faulted(fault);
        String whose = fault.side() == Side.TEACHER ? "The teacher" : "Camera " + sample.cameraId();
        Verdict verdict = new Verdict(
                fault, whose + " is not trusted with this frame: its " + fault.words() + ".", losesLabel(fault));
        if (verdict.blamesTeacher()) {
            byLabelAlone.add(sample.reference());
        }
        return verdict;
    }

    private @Nullable Fault ofSource(FrameSigns signs, int equalImages) {
        if (signs.contrast() < settings.leastContrast()) {
            return Fault.BLANK_IMAGE;
        }
        if (equalImages >= settings.frozenFrames()) {
            return Fault.FROZEN_IMAGE;
        }
        return signs.specks() > settings.mostSpecks() ? Fault.NOISY_LABEL : null;
    }

    private @Nullable Fault ofTeacher(FrameSigns signs) {
        if (signs.largestLogit() > settings.largestLogit()) {
            return Fault.ABSURD_LOGITS;
        }
        if (!wasGood() || Double.isNaN(signs.agreement())) {
            // A teacher that has never been good cannot turn bad; its logits count for little anyway, or are not used.
            return null;
        }
        if (signs.saidTop() > ONE_CLASS && signs.labelTop() < SEVERAL_CLASSES) {
            return Fault.ONE_CLASS;
        }
        return signs.saidCoherence() < COHERENT * signs.labelCoherence() ? Fault.NOISY_LOGITS : null;
    }

    private boolean wasGood() {
        return agreements.isEnough() && agreements.median() >= settings.leastAgreement();
    }

    /** A teacher whose usual agreement with the labels is that of chance is not listened to. */
    private boolean teacherIsTrusted() {
        return !teacher.isLost() && !(agreements.isEnough() && agreements.median() < settings.leastAgreement());
    }

    private boolean disagrees(FrameSigns signs) {
        double tolerated = Math.max(settings.agreementMargin(), SPREADS * agreements.spread());
        return agreements.isEnough() && signs.agreement() < agreements.median() - tolerated;
    }

    private Fault arbitrate(TrainingSample sample, FrameSigns signs) {
        if (student.accuracy() >= MATURE) {
            LabelMap predicted = student.predictions(List.of(sample)).get(0);
            listener.asked(sample, predicted);
            LabelMap label = sample.label().nearest(predicted.width(), predicted.height());
            double withLabel = FrameSigns.agreement(predicted, label);
            double withTeacher =
                    FrameSigns.agreement(signs.said().nearest(predicted.width(), predicted.height()), predicted);
            if (Math.abs(withLabel - withTeacher) > DECISIVE) {
                return withLabel > withTeacher ? Fault.FOREIGN_LOGITS : Fault.FOREIGN_LABEL;
            }
        }
        double likenessOfLabel = layout.likeness(signs.label(), classes(sample));
        double likenessOfTeacher = layout.likeness(signs.said(), classes(sample));
        if (Math.abs(likenessOfLabel - likenessOfTeacher) > DECISIVE) {
            return likenessOfLabel > likenessOfTeacher ? Fault.FOREIGN_LOGITS : Fault.FOREIGN_LABEL;
        }
        return othersDisagree(sample.cameraId()) ? Fault.FOREIGN_LOGITS : Fault.FOREIGN_LABEL;
    }

    private static int classes(TrainingSample sample) {
        return sample.logits().shape().classes();
    }

    /** Returns whether at least half of the other cameras disagree with the teacher too; true if there are no others. */
    private boolean othersDisagree(String camera) {
        long others = sources.size() - 1L;
        long disagreeing = sources.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().equals(camera) && entry.getValue().disagrees())
                .count();
        return 2 * disagreeing >= others;
    }

    private Trust source(String camera) {
        Trust trust = sources.remove(camera);
        Trust kept = trust == null ? new Trust() : trust;
        sources.put(camera, kept);
        if (sources.size() > MOST_SOURCES) {
            Iterator<String> quietest = sources.keySet().iterator();
            quietest.next();
            quietest.remove();
        }
        return kept;
    }

    private void noteTeacher(@Nullable Fault fault) {
        if (teacher.add(fault != null && fault.side() == Side.TEACHER) == Change.FIRST_FAULT) {
            listener.said("A frame is trained on by its label alone, because the teacher's " + words(fault) + MORE);
        }
    }

    private void noteListening(@Nullable Fault fault) {
        boolean before = listens;
        listens = teacherIsTrusted();
        if (before && !listens) {
            listener.said("The teacher is not listened to any more: its "
                    + (teacher.isLost() ? words(fault) : "output agrees with the labels no better than chance")
                    + "; training goes on with labels and replay until it is sane again.");
        } else if (!before && listens) {
            purgeDue = true;
            listener.said("The teacher is sane again and is listened to.");
        }
    }

    private static String words(@Nullable Fault fault) {
        return fault == null ? "output is at fault" : fault.words();
    }

    private void tell(Change change, String camera, @Nullable Fault fault) {
        switch (change) {
            case NONE -> {}
            case FIRST_FAULT ->
                listener.said("A frame of camera " + camera + " is set aside: its " + words(fault) + MORE);
            case LOST -> {
                purgeDue = true;
                listener.said("Camera " + camera + " is set aside: its " + words(fault)
                        + "; it comes back by itself when its frames are sane again.");
            }
            case BACK -> listener.said("Camera " + camera + " is sane again and is trained on.");
        }
    }

    /**
     * Returns how far the samples of a window are to be trusted.
     *
     * @param window judged samples that are to be trained on
     */
    public WindowTrust trustOf(List<TrainingSample> window) {
        boolean trusted = listens;
        Set<SampleReference> blamed = new HashSet<>();
        for (TrainingSample sample : window) {
            if (byLabelAlone.remove(sample.reference())) {
                blamed.add(sample.reference());
            }
        }
        // While the teacher is not listened to, what it said does no harm in replay; it is purged when trust comes
        // back.
        return new WindowTrust(trusted && blamed.isEmpty(), trusted ? blamed : Set.of());
    }

    /**
     * Returns whether what replay and holdout keep is to be judged again: a camera has been set aside, or the teacher is
     * listened to again.
     */
    public boolean takePurge() {
        byLabelAlone.clear();
        boolean due = purgeDue;
        purgeDue = false;
        return due;
    }

    /**
     * Returns the samples without those that would be refused today: of distrusted cameras, and of a trusted teacher.
     *
     * @param replayed whether the samples are trained on again, with the teacher's tensors
     */
    public List<TrainingSample> keptOf(List<TrainingSample> held, boolean replayed) {
        return held.stream().filter(sample -> keeps(sample, replayed)).toList();
    }

    private boolean keeps(TrainingSample sample, boolean replayed) {
        Trust source = sources.get(sample.cameraId());
        boolean distrusted = source != null && source.isLost();
        boolean teacherMatters = replayed && listens;
        if (!distrusted && !teacherMatters) {
            return true;
        }
        FrameSigns signs = FrameSigns.of(sample);
        boolean foreign = disagrees(signs);
        boolean sourceAtFault = distrusted && (foreign || ofSource(signs, 1) != null);
        boolean teacherAtFault = teacherMatters && (foreign || ofTeacher(signs) != null);
        return !sourceAtFault && !teacherAtFault;
    }

    /** Notes a step, and bounds the gradient of the next one. */
    public void stepped(StepReport report) {
        if (!settings.enabled()) {
            return;
        }
        if (report.applied()) {
            norms.add(report.gradientNorm());
        } else if (!skipping) {
            listener.said(String.format(
                    Locale.ROOT,
                    "Optimizer step %d is skipped: its gradient has a norm of %.3g; %.3g is usual.",
                    report.step() + 1,
                    report.gradientNorm(),
                    norms.median()));
        }
        skipping = !report.applied();
        boundGradient();
    }

    private void boundGradient() {
        boolean bounded = settings.enabled() && norms.isEnough();
        student.boundGradient(bounded ? settings.explosion() * norms.median() : Double.POSITIVE_INFINITY);
    }

    /** Returns the number of cameras that are set aside. */
    public int setAside() {
        return (int) sources.values().stream().filter(Trust::isLost).count();
    }

    /** Returns whether the teacher is listened to. */
    public boolean listensToTeacher() {
        return listens;
    }

    /** Returns everything on which the next verdict depends, besides the student. */
    public GuardState state() {
        return new GuardState(
                agreements.state(),
                norms.state(),
                layout.state(),
                teacher.state(""),
                sources.entrySet().stream()
                        .map(entry -> entry.getValue().state(entry.getKey()))
                        .toList());
    }

    /** Continues from a {@link #state}. */
    public void restore(GuardState state) {
        agreements.restore(state.agreements());
        norms.restore(state.norms());
        layout.restore(state.layout());
        teacher.restore(state.teacher());
        sources.clear();
        state.sources().forEach(one -> {
            Trust trust = new Trust();
            trust.restore(one);
            sources.put(one.name(), trust);
        });
        listens = teacherIsTrusted();
        boundGradient();
    }
}
