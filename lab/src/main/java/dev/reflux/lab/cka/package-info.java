/** {@code reflux bench cka}: the similarity of the representations of two networks. The caller's thread computes. */
@NullMarked
package dev.reflux.lab.cka;

import org.jspecify.annotations.NullMarked;
