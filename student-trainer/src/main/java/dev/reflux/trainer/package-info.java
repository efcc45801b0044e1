/** Sample to KMM to KEM to update to checkpoint to candidate. */
@NullMarked
package dev.reflux.trainer;

import org.jspecify.annotations.NullMarked;
