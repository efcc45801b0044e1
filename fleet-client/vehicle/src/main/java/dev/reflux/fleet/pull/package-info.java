/**
 * Pulls of students into a vehicle: download, verification, swap. One puller for a folder; its methods may be called from any
 * thread, one at a time.
 */
@NullMarked
package dev.reflux.fleet.pull;

import org.jspecify.annotations.NullMarked;
