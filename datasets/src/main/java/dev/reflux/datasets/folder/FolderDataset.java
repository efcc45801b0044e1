package dev.reflux.datasets.folder;

import dev.reflux.common.failure.RejectedFrameException;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.image.ImageCodec;
import dev.reflux.common.image.ImageSize;
import dev.reflux.common.label.LabelSchema;
import dev.reflux.datasets.Dataset;
import dev.reflux.datasets.Frame;
import dev.reflux.datasets.SurveyListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A data set of image and label files. A split without frames does not exist; frames of "train" may lack their label. */
final class FolderDataset implements Dataset {

    private final String id;
    private final LabelSchema schema;
    private final Map<String, List<FrameFile>> splits;
    private final ImageSize size;
    private final List<String> odd;

    /**
     * Creates a data set.
     *
     * @param id name in reports
     * @param schema schema of the labels
     * @param splits files of each split, in stream order
     * @param odd what was odd when the folder was listed, in sentences
     * @throws UsageException when there is no frame, or the first image cannot be read
     */
    FolderDataset(String id, LabelSchema schema, Map<String, List<FrameFile>> splits, List<String> odd) {
        this.id = id;
        this.schema = schema;
        this.splits = new LinkedHashMap<>(splits);
        this.splits.values().removeIf(List::isEmpty);
        this.odd = List.copyOf(odd);
        FrameFile first = splits.values().stream()
                .flatMap(List::stream)
                .findFirst()
                .orElseThrow(() -> new UsageException("The data set " + id + " has no frame; check its folders."));
        try {
            this.size = ImageCodec.standard().probe(FrameFile.bytes(first.image()));
        } catch (RejectedFrameException e) {
            throw new UsageException("The data set's file " + first.image() + " is not an image: " + e.getMessage(), e);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public LabelSchema schema() {
        return schema;
    }

    @Override
    public ImageSize size() {
        return size;
    }

    @Override
    public List<String> splits() {
        return List.copyOf(splits.keySet());
    }

    @Override
    public int count(String split) {
        return files(split).size();
    }

    @Override
    public int labeledCount(String split) {
        return (int) files(split).stream().filter(FrameFile::labeled).count();
    }

    @Override
    public Stream<Frame> frames(String split) {
        return files(split).stream().map(FrameFile::read);
    }

    @Override
    public void survey(SurveyListener listener) {
        odd.forEach(listener::odd);
        new FileSurvey(id, schema).look(splits, listener);
    }

    private List<FrameFile> files(String split) {
        List<FrameFile> files = splits.get(split);
        if (files == null) {
            throw new UsageException(
                    "The data set " + id + " has no split \"" + split + "\"; it has " + splits.keySet() + ".");
        }
        return files;
    }
}
