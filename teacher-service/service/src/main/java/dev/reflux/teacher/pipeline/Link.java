package dev.reflux.teacher.pipeline;

/**
 * A stage whose successor is still open. Links are joined in the direction of the data and closed at the end:
 *
 * <pre>{@code
 * Stage<Ticket> first = decode.then(infer).then(project).into(Stage.end());
 * }</pre>
 *
 * Immutable; may be called from any thread.
 *
 * @param <I> the item that the stage takes
 * @param <O> the result that the stage hands on
 */
@FunctionalInterface
public interface Link<I, O> {

    /**
     * Creates the stage.
     *
     * @param next the stage that takes the results
     */
    Stage<I> into(Stage<? super O> next);

    /**
     * Returns the link that runs this stage first and hands its results to another.
     *
     * @param after the stage that follows
     */
    default <P> Link<I, P> then(Link<? super O, P> after) {
        return next -> into(after.into(next));
    }
}
