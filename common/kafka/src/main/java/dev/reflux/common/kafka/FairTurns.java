package dev.reflux.common.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes records from all partitions that have some in turn. Kafka's consumer fetches several megabytes of a partition and
 * hands all of them out before it comes to the next one: with slow work, the cameras of the others wait for minutes.
 *
 * <ol>
 *   <li>A partition that is ahead of another one that has records is held until that one has caught up. So no partition is
 *       ahead by more records than one poll returns.
 *   <li>A partition that has records and does not deliver any while others are held is not waited for until it does.
 *   <li>A partition that had no records gets no credit for the time.
 * </ol>
 *
 * The loop's thread only.
 */
final class FairTurns {

    private final Map<TopicPartition, Long> taken = new HashMap<>();
    private final Set<TopicPartition> silent = new HashSet<>();
    private Set<TopicPartition> active = Set.of();
    private Set<TopicPartition> held = Set.of();

    /**
     * Ends a turn.
     *
     * @param polled the number of records of each partition that the poll returned
     * @param lag the number of records that each assigned partition still has
     * @return the partitions that must not deliver in the next turn
     */
    Set<TopicPartition> next(Map<TopicPartition, Integer> polled, Map<TopicPartition, Long> lag) {
        taken.keySet().retainAll(lag.keySet());
        silent.retainAll(lag.keySet());
        polled.forEach((partition, count) -> taken.merge(partition, (long) count, Long::sum));
        silent.removeAll(polled.keySet());
        Set<TopicPartition> waiting = lag.entrySet().stream()
                .filter(one -> one.getValue() > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(HashSet::new));
        if (polled.isEmpty() && !held.isEmpty()) {
            waiting.stream().filter(partition -> !held.contains(partition)).forEach(silent::add);
        }
        waiting.removeAll(silent);
        admit(waiting);
        active = waiting;
        long least = least(active);
        held = active.stream().filter(partition -> of(partition) > least).collect(Collectors.toSet());
        return held;
    }

    /** Lets partitions begin where the slowest of the others is. */
    private void admit(Set<TopicPartition> waiting) {
        Set<TopicPartition> before = new HashSet<>(waiting);
        before.retainAll(active);
        if (!before.isEmpty()) {
            long least = least(before);
            waiting.forEach(partition -> taken.merge(partition, least, Math::max));
        }
    }

    private long least(Set<TopicPartition> partitions) {
        return partitions.stream().mapToLong(this::of).min().orElse(0);
    }

    private long of(TopicPartition partition) {
        return taken.getOrDefault(partition, 0L);
    }
}
