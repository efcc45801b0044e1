package dev.reflux.datasets.labelled;

import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Frame;
import java.util.List;
import java.util.stream.Stream;

/**
 * Labelled frames that can be read more than once.
 *
 * <ol>
 *   <li>Every {@link #read} gives the same frames in the same order, {@link #count} of them.
 *   <li>Frames are read one by one: what is not held is not in memory.
 * </ol>
 */
public interface LabelledFrames {

    LabelSchema schema();

    /** What the data set calls them, such as "val": figures of them go by this name. */
    String split();

    int count();

    /** To be closed by who reads it. */
    Stream<LabelledFrame> read();

    /**
     * One split of a data set.
     *
     * @throws dev.reflux.common.failure.UsageException when there is no such split
     */
    static LabelledFrames of(Dataset dataset, String split) {
        int count = dataset.count(split);
        return new LabelledFrames() {
            @Override
            public LabelSchema schema() {
                return dataset.schema();
            }

            @Override
            public String split() {
                return split;
            }

            @Override
            public int count() {
                return count;
            }

            @Override
            public Stream<LabelledFrame> read() {
                return dataset.frames(split)
                        .map(frame -> new LabelledFrame(frame.frameId(), domain(frame), frame.image(), frame.label()));
            }
        };
    }

    /** Several, one after the other, of one schema. */
    static LabelledFrames concat(List<LabelledFrames> parts) {
        LabelSchema schema = parts.get(0).schema();
        if (parts.stream().anyMatch(part -> !part.schema().equals(schema))) {
            throw new dev.reflux.common.failure.UsageException(
                    "The data sets have different label schemas; give ones of schema " + schema.id() + " only.");
        }
        return new LabelledFrames() {
            @Override
            public LabelSchema schema() {
                return schema;
            }

            @Override
            public String split() {
                return parts.get(0).split();
            }

            @Override
            public int count() {
                return parts.stream().mapToInt(LabelledFrames::count).sum();
            }

            @Override
            public Stream<LabelledFrame> read() {
                return parts.stream().flatMap(LabelledFrames::read);
            }
        };
    }

    private static String domain(Frame frame) {
        String conditions = (frame.timeOfDay() + " " + frame.weather()).strip();
        return conditions.isEmpty() ? frame.sequence() : conditions;
    }
}
