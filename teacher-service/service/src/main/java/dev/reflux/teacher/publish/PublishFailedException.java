package dev.reflux.teacher.publish;

/**
 * Thrown if the publisher cannot go on: another producer with the same transactional id has fenced it, it is not allowed to
 * write, or the broker has refused for too long. Nothing of the open batch is committed; the next teacher reads it again.
 */
public final class PublishFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PublishFailedException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
