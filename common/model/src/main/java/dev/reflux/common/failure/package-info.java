/** Errors: one sentence for a person, or a reason for the dead-letter topic. Any thread. */
@NullMarked
package dev.reflux.common.failure;

import org.jspecify.annotations.NullMarked;
