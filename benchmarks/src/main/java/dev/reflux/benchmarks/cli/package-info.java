/** The benchmarks as subcommands of {@code reflux bench}. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.benchmarks.cli;

import org.jspecify.annotations.NullMarked;
