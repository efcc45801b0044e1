package dev.reflux.audit;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.Optional;

/** The field frame_source of a DistillationSample, read without its image and tensors. */
final class SampleSource {

    private static final int FRAME_SOURCE = 10;
    private static final int TOPIC = 1;
    private static final int TOPIC_ID = 2;
    private static final int PARTITION = 3;
    private static final int OFFSET = 4;
    private static final int TAG_BITS = 3;

    private SampleSource() {}

    /** Returns the place of a sample's frame; empty if the sample does not say it or cannot be read. */
    static Optional<FateRuns.Place> of(byte[] sample) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(sample);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag >>> TAG_BITS == FRAME_SOURCE) {
                    return Optional.of(place(in.readByteArray()));
                }
                in.skipField(tag);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static FateRuns.Place place(byte[] source) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(source);
        String topic = "";
        String id = "";
        int partition = 0;
        long offset = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag >>> TAG_BITS) {
                case TOPIC -> topic = in.readString();
                case TOPIC_ID -> id = in.readString();
                case PARTITION -> partition = in.readUInt32();
                case OFFSET -> offset = in.readUInt64();
                default -> in.skipField(tag);
            }
        }
        return new FateRuns.Place(topic, id, partition, offset);
    }
}
