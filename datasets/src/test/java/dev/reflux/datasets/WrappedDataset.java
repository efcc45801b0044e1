package dev.reflux.datasets;

import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import java.util.List;
import java.util.stream.Stream;

/** A data set that is another one, for tests that watch how it is read. */
abstract class WrappedDataset implements Dataset {

    private final Dataset wrapped;

    WrappedDataset(Dataset wrapped) {
        this.wrapped = wrapped;
    }

    @Override
    public String id() {
        return wrapped.id();
    }

    @Override
    public LabelSchema schema() {
        return wrapped.schema();
    }

    @Override
    public ImageSize size() {
        return wrapped.size();
    }

    @Override
    public List<String> splits() {
        return wrapped.splits();
    }

    @Override
    public int count(String split) {
        return wrapped.count(split);
    }

    @Override
    public Stream<Frame> frames(String split) {
        return wrapped.frames(split);
    }
}
