/** What runs on the vehicle's side: push labelled frames; pull, verify and swap students. */
@NullMarked
package dev.reflux.fleet;

import org.jspecify.annotations.NullMarked;
