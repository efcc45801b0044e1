/** TorchScript models in DJL: load, check, train a step, save; optimizers and the generated TorchScript helper. */
@NullMarked
package dev.reflux.torch;

import org.jspecify.annotations.NullMarked;
