/** The commands of {@code reflux dev}. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.cli.dev;

import org.jspecify.annotations.NullMarked;
