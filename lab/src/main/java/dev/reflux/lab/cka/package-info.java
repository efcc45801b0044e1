/** {@code reflux bench cka}: how alike two networks see the same places. The caller's thread computes. */
@NullMarked
package dev.reflux.lab.cka;

import org.jspecify.annotations.NullMarked;
