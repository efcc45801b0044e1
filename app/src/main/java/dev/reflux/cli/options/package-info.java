/** The options that several commands share, and how a command fails. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.cli.options;

import org.jspecify.annotations.NullMarked;
