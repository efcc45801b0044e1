/**
 * The whole path in one JVM: embedded broker and store, teacher, trainer, registry and fleet client, and the report of
 * what came of it. One quickstart a process.
 */
@NullMarked
package dev.reflux.quickstart;

import org.jspecify.annotations.NullMarked;
