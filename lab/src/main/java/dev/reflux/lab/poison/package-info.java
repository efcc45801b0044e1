/** Poisoned streams: what each poison does to a student with and without the guard. The caller's thread computes. */
@NullMarked
package dev.reflux.lab.poison;

import org.jspecify.annotations.NullMarked;
