/**
 * Segmentation models in TorchScript, and projection heads.
 *
 * <p>Threading: one owner thread for each object; files of heads are immutable and may be used from any thread.
 */
@NullMarked
package dev.reflux.torch.model;

import org.jspecify.annotations.NullMarked;
