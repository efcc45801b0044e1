/**
 * Says what became of every labeled frame, from the log and the registry alone. It is written from the formats
 * (docs/messages.md, docs/fates.md, docs/registry.md) and shares no code with teacher and trainer, so that it does not
 * repeat their mistakes. One thread; blocks on the network.
 */
@NullMarked
package dev.reflux.audit;

import org.jspecify.annotations.NullMarked;
