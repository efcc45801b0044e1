/** JMH benchmarks of what runs for every frame. JMH decides on the threads. */
@NullMarked
package dev.reflux.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
