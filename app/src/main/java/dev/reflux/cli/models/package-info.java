/** The commands of {@code reflux models}. Called by the thread that runs the command. */
@NullMarked
package dev.reflux.cli.models;

import org.jspecify.annotations.NullMarked;
