package dev.reflux.registry.gate;

import dev.reflux.registry.gate.Decision.Kind;
import dev.reflux.registry.store.JournalReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The newest decisions of a gate. Entries of a journal never change, so that each is read once. One thread at a time.
 */
final class RecentDecisions {

    /** Each of the versions that a step looks at has three decisions at most; the rest is for rollbacks of older ones. */
    private static final int MOST = 128;

    /**
     * A decision in the journal.
     *
     * @param number the number of its entry
     * @param decision the content
     */
    record Numbered(long number, Decision decision) {}

    private final JournalReader journal;
    private final Deque<Numbered> newest = new ArrayDeque<>();

    RecentDecisions(JournalReader journal) {
        this.journal = journal;
    }

    /** Returns the newest decision of the journal; empty when there is none. */
    Optional<Numbered> last() {
        refresh();
        return Optional.ofNullable(newest.peekLast());
    }

    /** Returns the numbers of the versions that were refused or rolled back. */
    Set<Long> rejected() {
        refresh();
        return newest.stream()
                .map(Numbered::decision)
                .filter(decision -> decision.kind() == Kind.REFUSED || decision.kind() == Kind.ROLLED_BACK)
                .map(Decision::version)
                .collect(Collectors.toSet());
    }

    private void refresh() {
        long known = newest.isEmpty() ? 0 : newest.getLast().number();
        long last = journal.newest();
        if (last < known) {
            // The bucket was emptied meanwhile.
            newest.clear();
            known = 0;
        }
        if (last > known) {
            journal.read(Math.max(known + 1, last - MOST + 1)).stream()
                    .map(entry -> new Numbered(entry.number(), DecisionJson.read(entry.content())))
                    .forEach(newest::addLast);
        }
        while (newest.size() > MOST) {
            newest.removeFirst();
        }
    }
}
