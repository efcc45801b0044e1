/** The laboratory's experiments as subcommands of {@code reflux bench}. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.lab.cli;

import org.jspecify.annotations.NullMarked;
