/** The commands of {@code reflux dead-letters}. A command runs on the thread that calls it. */
@NullMarked
package dev.reflux.cli.letters;

import org.jspecify.annotations.NullMarked;
