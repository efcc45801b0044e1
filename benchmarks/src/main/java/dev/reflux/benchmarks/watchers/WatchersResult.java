package dev.reflux.benchmarks.watchers;

import dev.reflux.benchmarks.report.Machine;

/**
 * The figures of the watchers benchmark. Times are milliseconds since the alias was moved in the store, which the registry
 * reads once a poll.
 *
 * @param machine the machine of registry, store and vehicles
 * @param heapMib -Xmx of the registry's JVM, in MiB
 * @param pollMillis interval at which the registry reads the store, in milliseconds
 * @param longPolls number of watchers by long-poll
 * @param streams number of watchers by event stream
 * @param heapPerWatcher additional bytes of heap per watcher, after a collection
 * @param residentPerWatcher additional resident bytes of the process per watcher
 * @param firstMillis time until the first watcher received the change
 * @param medianMillis time until half of the watchers received it
 * @param p99Millis time until 99 % of the watchers received it
 * @param lastMillis time until all watchers received it
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
