/** The launcher: one command for people, one class for each of its verbs. */
@NullMarked
package dev.reflux.cli;

import org.jspecify.annotations.NullMarked;
