/**
 * The start of a process: its command line, its log and its exit code. Called by the main thread, before any other thread
 * is started.
 */
@NullMarked
package dev.reflux.common.launch;

import org.jspecify.annotations.NullMarked;
