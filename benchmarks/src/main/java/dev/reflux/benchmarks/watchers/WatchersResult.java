package dev.reflux.benchmarks.watchers;

import dev.reflux.benchmarks.report.Machine;

/**
 * What was measured. Times are milliseconds from the moment at which the alias had moved in the store; the registry looks
 * there once a poll.
 *
 * @param machine registry, store and vehicles were all on
 * @param heapMib the registry's -Xmx
 * @param pollMillis how often the registry asks the store
 * @param longPolls watchers that ask again after each answer
 * @param streams watchers with an event stream
 * @param heapPerWatcher bytes of heap after a collection, less those without watchers
 * @param residentPerWatcher bytes of the process, less those without watchers
 * @param firstMillis until the first had heard, of the announcement after the warm-up
 * @param medianMillis of all
 * @param p99Millis of all
 * @param lastMillis until everybody had heard
 */
public record WatchersResult(
        Machine machine,
        int heapMib,
        long pollMillis,
        int longPolls,
        int streams,
        double heapPerWatcher,
        double residentPerWatcher,
        double firstMillis,
        double medianMillis,
        double p99Millis,
        double lastMillis) {}
