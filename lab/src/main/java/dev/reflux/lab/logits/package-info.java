/**
 * {@code reflux bench logits}: what the teacher's tensors may lose on their way. Encodings that the product's wire does
 * not know live here alone. The caller's thread computes; nothing here is thread-safe but the encodings.
 */
@NullMarked
package dev.reflux.lab.logits;

import org.jspecify.annotations.NullMarked;
