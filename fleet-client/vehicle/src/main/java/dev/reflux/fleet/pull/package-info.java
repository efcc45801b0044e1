/**
 * Students on their way into a vehicle: downloaded, verified, swapped in whole. One puller a folder; its methods may be
 * called from any thread, one at a time.
 */
@NullMarked
package dev.reflux.fleet.pull;

import org.jspecify.annotations.NullMarked;
