/** Drift detectors over a stream of values. One thread owns each. */
@NullMarked
package dev.reflux.evaluation.drift;

import org.jspecify.annotations.NullMarked;
