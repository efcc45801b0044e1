package dev.reflux.teacher.publish;

/**
 * The publisher cannot go on: fenced by another one of the same transactional id, not allowed to write, or the broker
 * refused for too long. Nothing of the open batch is committed, so whoever starts next reads it again.
 */
public final class PublishFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PublishFailedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
