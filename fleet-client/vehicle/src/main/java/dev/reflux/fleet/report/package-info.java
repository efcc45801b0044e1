/** Reports of vehicles on students. Blocks on the network; any thread. */
@NullMarked
package dev.reflux.fleet.report;

import org.jspecify.annotations.NullMarked;
