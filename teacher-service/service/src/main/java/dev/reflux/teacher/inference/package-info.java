/** Decoded frames through the teacher's network. Everything here that touches tensors runs on the one torch worker. */
@NullMarked
package dev.reflux.teacher.inference;

import org.jspecify.annotations.NullMarked;
