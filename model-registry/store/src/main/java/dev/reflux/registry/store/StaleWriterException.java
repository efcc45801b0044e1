package dev.reflux.registry.store;

/** Another writer has taken over the model line: this one must stop. */
public final class StaleWriterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StaleWriterException(String model, long epoch, long newer) {
        super("The writer of " + model + " with epoch " + epoch + " is stale: epoch " + newer
                + " has taken over; stop this trainer or give it another model name.");
    }
}
