package dev.reflux.fleet.watch;

import dev.reflux.registry.client.AliasLongPoll;
import dev.reflux.registry.client.StoreException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows an alias by long polls of the registry's HTTP API. While the API does not answer, it asks again after a pause.
 *
 * <ol>
 *   <li>The version at the beginning is reported first.
 *   <li>Of several versions that appear at once, only the last is reported; none is reported twice in a row.
 * </ol>
 */
public final class HttpVersionFollower {

    private static final Logger LOG = LoggerFactory.getLogger(HttpVersionFollower.class);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final AliasLongPoll poll;

    /**
     * Creates a follower, which connects when {@link #follow} is called.
     *
     * @param api the address of the HTTP API, such as https://registry:8443
     * @param token the token of a reader
     */
    public HttpVersionFollower(URI api, String token, String model, String alias) {
        this.poll = new AliasLongPoll(api, token, model, alias);
    }

    /**
     * Reports versions until the receiver returns false or the thread is interrupted.
     *
     * @param receiver takes the number of a version; false ends the call
     * @throws dev.reflux.common.failure.UsageException when the API refuses the token
     */
    public void follow(LongPredicate receiver) {
        long known = 0;
        long reported = 0;
        while (!Thread.currentThread().isInterrupted()) {
            Optional<AliasLongPoll.Target> target = next(known);
            if (target.isPresent()) {
                known = target.get().number();
                if (target.get().version() != reported) {
                    reported = target.get().version();
                    if (!receiver.test(reported)) {
                        return;
                    }
                }
            }
        }
    }

    private Optional<AliasLongPoll.Target> next(long known) {
        try {
            return poll.next(known);
        } catch (StoreException e) {
            LOG.info("{} It is asked again in {} s.", e.getMessage(), PAUSE.toSeconds());
            LockSupport.parkNanos(PAUSE.toNanos());
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
