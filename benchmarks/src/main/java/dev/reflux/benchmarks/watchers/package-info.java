/**
 * Many vehicles that wait for a student at one registry. The registry is a JVM of its own; the vehicles are sockets of one
 * thread here.
 */
@NullMarked
package dev.reflux.benchmarks.watchers;

import org.jspecify.annotations.NullMarked;
