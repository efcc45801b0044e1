/** {@code reflux bench drift}: how late detectors are, and how often wrong, where the truth is known. One thread. */
@NullMarked
package dev.reflux.lab.drift;

import org.jspecify.annotations.NullMarked;
