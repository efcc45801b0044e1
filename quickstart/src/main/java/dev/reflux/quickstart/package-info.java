/** The whole path in one JVM, with its report. */
@NullMarked
package dev.reflux.quickstart;

import org.jspecify.annotations.NullMarked;
