/** Frame to teacher to projected logits: ingest, inference, projection, publish. */
@NullMarked
package dev.reflux.teacher;

import org.jspecify.annotations.NullMarked;
