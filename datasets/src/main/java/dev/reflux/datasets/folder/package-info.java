/** Data sets in folders. Any thread. */
@NullMarked
package dev.reflux.datasets.folder;

import org.jspecify.annotations.NullMarked;
