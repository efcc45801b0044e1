/** The losses that HeteroAKD is measured against, added to the trainer as any jar may add a loss. The training thread only. */
@NullMarked
package dev.reflux.lab.rivals;

import org.jspecify.annotations.NullMarked;
