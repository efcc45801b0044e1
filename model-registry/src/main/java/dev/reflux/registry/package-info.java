/** Student versions, aliases, lineage, signatures and deltas over an S3 store; the HTTP API. */
@NullMarked
package dev.reflux.registry;

import org.jspecify.annotations.NullMarked;
