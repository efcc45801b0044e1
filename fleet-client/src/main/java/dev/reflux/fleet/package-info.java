/**
 * What runs on the vehicle's side, in three rooms: {@code push} labelled frames, {@code pull} students, and
 * {@code watch} for new ones. Everything here blocks on network and disk: call it from threads of your own.
 */
@NullMarked
package dev.reflux.fleet;

import org.jspecify.annotations.NullMarked;
