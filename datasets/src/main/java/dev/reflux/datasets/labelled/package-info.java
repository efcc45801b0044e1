/** Labelled frames as fitting and pre-training read them. Any thread; an iteration belongs to the thread that runs it. */
@NullMarked
package dev.reflux.datasets.labelled;

import org.jspecify.annotations.NullMarked;
