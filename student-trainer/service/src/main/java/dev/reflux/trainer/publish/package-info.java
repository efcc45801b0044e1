/**
 * Publishes students as model versions, runs the promotion gate, makes deltas. {@link
 * dev.reflux.trainer.publish.StudentPublisher} belongs to the training thread; {@link dev.reflux.trainer.publish.PromotionLoop}
 * may be called from any thread.
 */
@NullMarked
package dev.reflux.trainer.publish;

import org.jspecify.annotations.NullMarked;
