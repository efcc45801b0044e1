package dev.reflux.teacher.publish;

import dev.reflux.common.failure.Rejection;

/** Hears what was committed, on the publish worker: it must not block. */
public interface PublishListener {

    void published(CommittedBatch batch);

    /** One dead letter of a committed batch. */
    void rejected(Rejection reason);
}
