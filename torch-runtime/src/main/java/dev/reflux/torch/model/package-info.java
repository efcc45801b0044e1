/** Models in TorchScript and their projection heads. One owner thread for each object. */
@NullMarked
package dev.reflux.torch.model;

import org.jspecify.annotations.NullMarked;
