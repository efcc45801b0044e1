/** Data sets that lie in folders. */
@NullMarked
package dev.reflux.datasets.folder;

import org.jspecify.annotations.NullMarked;
