package dev.reflux.quickstart.evaluate;

import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.labelled.LabelledFrame;
import dev.reflux.datasets.labelled.LabelledFrames;
import java.util.stream.Stream;

/**
 * A data set's split, as fitting and pre-training read it.
 *
 * @param dataset where frames come from
 * @param split which of its splits
 */
public record DatasetFrames(Dataset dataset, String split) implements LabelledFrames {

    @Override
    public LabelSchema schema() {
        return dataset.schema();
    }

    @Override
    public int count() {
        return dataset.count(split);
    }

    @Override
    public Stream<LabelledFrame> read() {
        return dataset.frames(split)
                .map(frame -> new LabelledFrame(frame.frameId(), frame.sequence(), frame.image(), frame.label()));
    }
}
