/** Scores a model on a data set's split. One owner thread. */
@NullMarked
package dev.reflux.quickstart.evaluate;

import org.jspecify.annotations.NullMarked;
