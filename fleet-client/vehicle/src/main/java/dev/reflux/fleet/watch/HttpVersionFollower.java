package dev.reflux.fleet.watch;

import dev.reflux.registry.client.AliasLongPoll;
import dev.reflux.registry.client.StoreException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows an alias by long polls of the registry's HTTP API.
 *
 * <ol>
 *   <li>The version at the beginning is reported first.
 *   <li>Of several versions that appear at once, only the last is reported; none is reported twice in a row, except after a
 *       failure.
 *   <li>While the API or the store does not answer, the follower tries again after a pause.
 * </ol>
 *
 * One {@link #follow} at a time.
 */
public final class HttpVersionFollower {

    private static final Logger LOG = LoggerFactory.getLogger(HttpVersionFollower.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final AliasLongPoll poll;
    private final Duration pause;

    /**
     * Creates a follower, which connects when {@link #follow} is called.
     *
     * @param api the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     */
    public HttpVersionFollower(URI api, String token, String model, String alias) {
        this(api, token, model, alias, PAUSE);
    }

    /** @param pause between a failure and the next attempt */
    HttpVersionFollower(URI api, String token, String model, String alias, Duration pause) {
        this.poll = new AliasLongPoll(api, token, model, alias);
        this.pause = pause;
    }

    /**
     * Reports versions until the receiver returns false or the thread is interrupted.
     *
     * @param receiver takes the number of a version; false ends the call; a {@link StoreException} or an
     *     {@link UncheckedIOException} has the version reported again
     * @throws dev.reflux.common.failure.UsageException when the API refuses the token
     */
    public void follow(LongPredicate receiver) {
        long known = 0;
        long current = 0;
        long reported = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (current == reported) {
                    Optional<AliasLongPoll.Target> target = poll.next(known);
                    known = target.map(AliasLongPoll.Target::number).orElse(known);
                    current = target.map(AliasLongPoll.Target::version).orElse(current);
                }
                if (current != reported) {
                    if (!receiver.test(current)) {
                        return;
                    }
                    reported = current;
                }
            } catch (StoreException | UncheckedIOException e) {
                LOG.info("{} The next attempt is in {} ms.", e.getMessage(), pause.toMillis());
                LockSupport.parkNanos(pause.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
