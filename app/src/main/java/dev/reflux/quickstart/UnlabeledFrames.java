package dev.reflux.quickstart;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.RgbImage;
import dev.reflux.common.label.LabelMap;
import dev.reflux.datasets.Frame;
import dev.reflux.quickstart.report.ReportHtml;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A few frames of the stream that never had a label, with what teacher and student say of them. The main thread only. */
final class UnlabeledFrames {

    private static final int SHOWN = 3;

    private final RunPlan plan;
    private final StreamedFrames stream;
    private final Evaluations evaluations;
    private final ImageCodec images = ImageCodec.standard();

    UnlabeledFrames(RunPlan plan, StreamedFrames stream, Evaluations evaluations) {
        this.plan = plan;
        this.stream = stream;
        this.evaluations = evaluations;
    }

    /** Returns the frames, each with the classes of teacher and student; none if every frame has a label. */
    List<ReportHtml.StripRow> rows(Evaluations.ModelSource teacher, Evaluations.ModelSource student) {
        List<RgbImage> frames = read(stream.unlabeled(SHOWN));
        if (frames.isEmpty()) {
            return List.of();
        }
        List<LabelMap> taught = evaluations.predict(plan.teacherView(), teacher, frames);
        List<LabelMap> learnt = evaluations.predict(plan.studentView(), student, frames);
        return IntStream.range(0, frames.size())
                .mapToObj(i -> new ReportHtml.StripRow(frames.get(i), List.of(taught.get(i), learnt.get(i))))
                .toList();
    }

    private List<RgbImage> read(List<Integer> places) {
        List<RgbImage> read = new ArrayList<>();
        TreeSet<Integer> wanted = new TreeSet<>(places);
        try (Stream<Frame> frames = plan.dataset().frames("train")) {
            Iterator<Frame> each = frames.iterator();
            for (int place = 0; !wanted.isEmpty(); place++) {
                Frame frame = each.next();
                if (wanted.remove(place)) {
                    decode(frame, read);
                }
            }
        }
        return read;
    }

    /** A frame that cannot be read taught nothing: it is among the dead letters. */
    private void decode(Frame frame, List<RgbImage> to) {
        try {
            to.add(images.decode(frame.image()));
        } catch (RejectedFrameException e) {
            // The report counts it.
        }
    }
}
