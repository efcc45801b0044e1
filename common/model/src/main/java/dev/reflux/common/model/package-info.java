/** The card that describes a TorchScript model file. Immutable: any thread. */
@NullMarked
package dev.reflux.common.model;

import org.jspecify.annotations.NullMarked;
