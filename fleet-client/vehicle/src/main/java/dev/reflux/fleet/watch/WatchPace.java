package dev.reflux.fleet.watch;

import java.time.Duration;

/**
 * The pauses of a watch, each shortened by up to a half at random.
 *
 * @param firstPause after the first failure; doubled after each further one
 * @param longestPause the longest pause after a failure
 * @param refused after a refusal, which seldom changes by itself
 * @param idle the least time between two questions that brought nothing new
 */
record WatchPace(Duration firstPause, Duration longestPause, Duration refused, Duration idle) {

    static final WatchPace DEFAULT =
            new WatchPace(Duration.ofSeconds(2), Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(1));
}
