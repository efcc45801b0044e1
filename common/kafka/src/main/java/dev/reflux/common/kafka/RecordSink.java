package dev.reflux.common.kafka;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Receives the records of a {@link PollLoop}.
 *
 * <ol>
 *   <li>The loop calls every method on its own thread. No method may block.
 *   <li>Records of a partition come in the order of their offsets, each once per assignment.
 *   <li>{@link #assigned} comes before the first record of a partition, {@link #revoked} or {@link #lost} after its last.
 * </ol>
 */
public interface RecordSink {

    /**
     * Takes a record.
     *
     * @param record polled record
     * @param receipt handle that ends the record's time in flight
     */
    void accept(ConsumerRecord<byte[], byte[]> record, Receipt receipt);

    /**
     * Partitions are about to be assigned to this consumer, whose group has committed these offsets; a partition without
     * an offset is absent. Not called for partitions without a group.
     */
    default void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    /** Partitions were assigned to this consumer. */
    default void assigned(Collection<TopicPartition> partitions) {}

    /** Partitions are about to be assigned to another consumer. Offsets can still be committed. */
    default void revoked(Collection<TopicPartition> partitions) {}

    /** Partitions have been assigned to another consumer. Offsets can no longer be committed. */
    default void lost(Collection<TopicPartition> partitions) {}

    /**
     * Records of an assigned partition were removed from the log before they could be read; reading goes on behind them.
     * The loop calls this only for a consumer whose {@code auto.offset.reset} is {@code none}.
     *
     * @param from the first removed offset
     * @param to the offset behind the last removed one
     */
    default void removed(TopicPartition partition, long from, long to) {}

    /** The loop has failed and ended. The loop calls this once, after the last record. */
    default void failed(Throwable cause) {}

    /** Ends a record's time in flight. */
    interface Receipt {

        /**
         * Says that the record needs this consumer no longer. Any thread may call this, once.
         *
         * @throws IllegalStateException at the second call
         */
        void done();
    }
}
