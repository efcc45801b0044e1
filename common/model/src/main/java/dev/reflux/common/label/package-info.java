/** Label schemas and label maps: which class each pixel of a frame is. Immutable or thread-safe throughout. */
@NullMarked
package dev.reflux.common.label;

import org.jspecify.annotations.NullMarked;
