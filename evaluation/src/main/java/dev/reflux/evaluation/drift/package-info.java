/** Has the world changed? Detectors over a stream of figures. Each has one owner. */
@NullMarked
package dev.reflux.evaluation.drift;

import org.jspecify.annotations.NullMarked;
