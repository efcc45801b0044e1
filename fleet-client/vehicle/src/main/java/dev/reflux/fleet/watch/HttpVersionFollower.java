package dev.reflux.fleet.watch;

import dev.reflux.registry.client.AliasLongPoll;
import dev.reflux.registry.format.AliasNames;
import java.net.URI;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Follows an alias by long polls of the registry's HTTP API.
 *
 * <ol>
 *   <li>The version at the beginning is reported first.
 *   <li>Of several versions that appear at once, only the last is reported; none is reported twice in a row, except after a
 *       failure.
 *   <li>Nothing but the receiver and an interrupt ends it. While the API or the store does not answer, or the receiver fails, it
 *       tries again after growing pauses of up to 5 minutes. After a refusal it tries every 5 minutes, and at once when the
 *       alias moves.
 *   <li>Each kind of failure is logged once, until the work succeeds again; {@link #state} has the last one.
 * </ol>
 *
 * One {@link #follow} at a time.
 */
public final class HttpVersionFollower {

    private final WatchLoop loop;

    /**
     * Creates a follower of the champion, which connects when {@link #follow} is called.
     *
     * @param api the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     * @throws dev.reflux.common.failure.UsageException when the model's name is none
     */
    public HttpVersionFollower(URI api, String token, String model) {
        this(api, token, model, AliasNames.CHAMPION);
    }

    /**
     * Creates a follower, which connects when {@link #follow} is called.
     *
     * @param api the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     * @throws dev.reflux.common.failure.UsageException when a name is none
     */
    public HttpVersionFollower(URI api, String token, String model, String alias) {
        this(api, token, model, alias, state -> {});
    }

    /**
     * Creates a follower, which connects when {@link #follow} is called.
     *
     * @param listener is told each change of the state, on the thread of {@link #follow}
     */
    public HttpVersionFollower(URI api, String token, String model, String alias, Consumer<WatchState> listener) {
        this(api, token, model, alias, listener, WatchPace.DEFAULT);
    }

    HttpVersionFollower(
            URI api, String token, String model, String alias, Consumer<WatchState> listener, WatchPace pace) {
        this.loop = new WatchLoop(new AliasLongPoll(api, token, model, alias)::next, pace, listener);
    }

    /** Returns what the follower is doing; from any thread. */
    public WatchState state() {
        return loop.state();
    }

    /**
     * Reports versions until the receiver returns false or the thread is interrupted.
     *
     * @param receiver takes the number of a version; false ends the call; when it throws, the version is reported again
     */
    public void follow(LongPredicate receiver) {
        loop.follow(receiver);
    }
}
