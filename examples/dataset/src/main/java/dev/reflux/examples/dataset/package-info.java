/** A data set that a jar on the class path adds. Any thread. */
@NullMarked
package dev.reflux.examples.dataset;

import org.jspecify.annotations.NullMarked;
