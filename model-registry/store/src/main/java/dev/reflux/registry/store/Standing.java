package dev.reflux.registry.store;

import dev.reflux.registry.format.AliasChange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which versions an alias stands on, by its history. A change to a smaller version takes back every larger one; a later
 * change to such a version restores it. Immutable: any thread.
 *
 * @param before the versions that the alias would return to, ascending; without its present one
 * @param takenBack the versions that it was pointed away from, backwards
 */
public record Standing(List<Long> before, Set<Long> takenBack) {

    public Standing {
        before = List.copyOf(before);
        takenBack = Set.copyOf(takenBack);
    }

    /** Returns the standing after some changes, which are in order. */
    public static Standing of(List<AliasChange> changes) {
        Deque<Long> stack = new ArrayDeque<>();
        Set<Long> takenBack = new HashSet<>();
        for (AliasChange change : changes) {
            while (!stack.isEmpty() && stack.getLast() > change.version()) {
                takenBack.add(stack.removeLast());
            }
            takenBack.remove(change.version());
            if (stack.isEmpty() || stack.getLast() != change.version()) {
                stack.addLast(change.version());
            }
        }
        stack.pollLast();
        return new Standing(List.copyOf(stack), takenBack);
    }
}
