/** How a mistake is told: to a person in one sentence, or to the dead-letter topic with a reason. Any thread. */
@NullMarked
package dev.reflux.common.failure;

import org.jspecify.annotations.NullMarked;
