/** The command {@code reflux bench}, whose subcommands other jars add. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.cli.bench;

import org.jspecify.annotations.NullMarked;
