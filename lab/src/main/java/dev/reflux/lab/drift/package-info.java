/** {@code reflux bench drift}: delay and false alarms of drift detectors where the change point is known. Not thread-safe. */
@NullMarked
package dev.reflux.lab.drift;

import org.jspecify.annotations.NullMarked;
