package dev.reflux.trainer.ingest;

/**
 * The place of a frame's record in the log, before a teacher saw it.
 *
 * @param topic the name of the topic
 * @param topicId Kafka's id of the topic; empty if it is not known
 * @param partition the partition of the topic
 * @param offset the offset in the partition
 */
public record FramePlace(String topic, String topicId, int partition, long offset) {

    private static final int OFFSET_BITS = 48;
    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

    /** Returns partition and offset in one number, which {@link #unpacked} reads. */
    public long packed() {
        return (long) partition << OFFSET_BITS | offset & OFFSET_MASK;
    }

    /** Returns the place in the same topic that a number of {@link #packed} names. */
    public FramePlace unpacked(long packed) {
        return new FramePlace(topic, topicId, (int) (packed >>> OFFSET_BITS), packed & OFFSET_MASK);
    }
}
