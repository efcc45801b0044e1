/** The command line: its start, its root command, and the commands without a group. Called by the main thread. */
@NullMarked
package dev.reflux.cli;

import org.jspecify.annotations.NullMarked;
