/** The commands of {@code reflux fleet}. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.cli.fleet;

import org.jspecify.annotations.NullMarked;
