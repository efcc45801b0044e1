package dev.reflux.teacher.pipeline;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that this consumer owns, each with the number of its assignment. A record that was polled under an earlier
 * assignment must not be published: the present owner of its partition reads it again.
 *
 * <p>Threading: written on the poll thread, read from any thread.
 */
public final class PartitionOwnership {

    private static final long NONE = 0;

    private final AtomicLong assignments = new AtomicLong(NONE);
    private final ConcurrentMap<TopicPartition, Long> since = new ConcurrentHashMap<>();

    /** Adds partitions under a new assignment number. */
    public void assigned(Collection<TopicPartition> partitions) {
        long number = assignments.incrementAndGet();
        partitions.forEach(partition -> since.put(partition, number));
    }

    /** Removes partitions. */
    public void revoked(Collection<TopicPartition> partitions) {
        partitions.forEach(since::remove);
    }

    /** Returns the number of the present assignment of a partition; 0 if it is not owned. */
    public long current(TopicPartition partition) {
        return since.getOrDefault(partition, NONE);
    }

    /** Returns whether the partition of a record has been owned without interruption since the record was polled. */
    public boolean holds(Ticket ticket) {
        return ticket.ownership() != NONE && current(ticket.partition()) == ticket.ownership();
    }

    /** Returns the owned partitions, each with the number of its assignment. */
    public Map<TopicPartition, Long> owned() {
        return Map.copyOf(since);
    }
}
