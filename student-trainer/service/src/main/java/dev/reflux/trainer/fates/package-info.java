/** What became of each sample since the last version, for the lineage of the next one. The training thread only. */
@NullMarked
package dev.reflux.trainer.fates;

import org.jspecify.annotations.NullMarked;
