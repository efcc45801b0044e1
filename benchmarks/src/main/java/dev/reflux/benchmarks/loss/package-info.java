/** What the distillation loss costs beside its rivals, and how far its gradients are from autograd's. The thread that starts the runtime only. */
@NullMarked
package dev.reflux.benchmarks.loss;

import org.jspecify.annotations.NullMarked;
