package dev.reflux.registry.server;

import dev.reflux.registry.format.AliasChange;
import dev.reflux.registry.store.ModelRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscriptions to the changes of aliases. The store has no notifications, so {@link #poll} reads each alias that has a
 * subscriber, once for all of its subscribers. The event loop's thread only, except for {@link #count}.
 */
final class AliasSubscriptions {

    private static final Logger LOG = LoggerFactory.getLogger(AliasSubscriptions.class);

    /**
     * An alias.
     *
     * @param model name of the model
     * @param alias name of the alias
     */
    record Name(String model, String alias) {}

    /** A client that waits for changes. */
    interface Subscriber {

        /** Receives the newest change. It may be one that the subscriber knows. */
        void changed(AliasChange change);

        /** Ends the subscription, because the server ends. */
        void closed();
    }

    private static final class Topic {
        private final Set<Subscriber> subscribers = new LinkedHashSet<>();
        private long published;
        private boolean reading;
    }

    private final ModelRegistry registry;
    private final StoreQueries queries;
    private final int most;
    private final Map<Name, Topic> topics = new HashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private boolean closed;

    /** @param most limit of subscribers */
    AliasSubscriptions(ModelRegistry registry, StoreQueries queries, int most) {
        this.registry = registry;
        this.queries = queries;
        this.most = most;
    }

    /** Returns the number of subscribers. Any thread. */
    int count() {
        return count.get();
    }

    /** Returns whether the limit allows one more subscriber. */
    boolean hasRoom() {
        return count.get() < most;
    }

    /**
     * Adds a subscriber, which receives each later change until it is removed.
     *
     * @param known number of the newest change that the subscriber knows
     */
    void add(Name name, long known, Subscriber subscriber) {
        if (closed) {
            subscriber.closed();
            return;
        }
        Topic topic = topics.computeIfAbsent(name, absent -> new Topic());
        // The least of what all know: the next poll then publishes whatever is new to one of them.
        topic.published = topic.subscribers.isEmpty() ? known : Math.min(topic.published, known);
        if (topic.subscribers.add(subscriber)) {
            count.incrementAndGet();
        }
    }

    /** Removes a subscriber. */
    void remove(Name name, Subscriber subscriber) {
        Topic topic = topics.get(name);
        if (topic != null && topic.subscribers.remove(subscriber)) {
            count.decrementAndGet();
            if (topic.subscribers.isEmpty()) {
                topics.remove(name);
            }
        }
    }

    /** Reads every alias that has a subscriber and is not being read. */
    void poll() {
        topics.forEach((name, topic) -> {
            if (!topic.reading) {
                topic.reading = true;
                queries.run(() -> registry.reader().current(name.model(), name.alias()))
                        .onComplete(read -> {
                            topic.reading = false;
                            if (read.succeeded()) {
                                publish(topic, read.result());
                            } else {
                                LOG.warn(
                                        "The alias {} of {} cannot be read: {}",
                                        name.alias(),
                                        name.model(),
                                        read.cause().getMessage());
                            }
                        });
            }
        });
    }

    /** Ends every subscription, and every later one at once; clients then connect to another server. */
    void close() {
        closed = true;
        List<Subscriber> all = new ArrayList<>();
        topics.values().forEach(topic -> all.addAll(topic.subscribers));
        all.forEach(Subscriber::closed);
    }

    private static void publish(Topic topic, Optional<AliasChange> newest) {
        if (newest.isPresent() && newest.get().number() > topic.published) {
            topic.published = newest.get().number();
            // A copy, because subscribers remove themselves.
            List.copyOf(topic.subscribers).forEach(subscriber -> subscriber.changed(newest.get()));
        }
    }
}
