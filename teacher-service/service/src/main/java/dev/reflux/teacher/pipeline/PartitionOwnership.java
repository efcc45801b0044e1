package dev.reflux.teacher.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions this consumer owns, and since which assignment. A record that was polled under an earlier assignment
 * is not ours any more: whoever owns its partition now reads it again. Written by the poll thread, read by any.
 */
public final class PartitionOwnership {

    private static final long NONE = 0;

    private final AtomicLong assignments = new AtomicLong(NONE);
    private final ConcurrentMap<TopicPartition, Long> since = new ConcurrentHashMap<>();

    public void assigned(Collection<TopicPartition> partitions) {
        long number = assignments.incrementAndGet();
        partitions.forEach(partition -> since.put(partition, number));
    }

    public void revoked(Collection<TopicPartition> partitions) {
        partitions.forEach(since::remove);
    }

    /** The number of the assignment that holds now; never 0 for an owned partition. */
    public long current(TopicPartition partition) {
        return since.getOrDefault(partition, NONE);
    }

    /** Whether the record's partition has been ours without a break since it was polled. */
    public boolean holds(Ticket ticket) {
        return ticket.ownership() != NONE && current(ticket.partition()) == ticket.ownership();
    }

    public List<TopicPartition> owned() {
        return new ArrayList<>(since.keySet());
    }
}
