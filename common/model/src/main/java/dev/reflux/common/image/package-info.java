/** Camera images as RGB pixels; headers are checked before memory is taken. Thread-safe throughout. */
@NullMarked
package dev.reflux.common.image;

import org.jspecify.annotations.NullMarked;
