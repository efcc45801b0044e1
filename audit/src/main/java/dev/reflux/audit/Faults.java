package dev.reflux.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts faults by kind, and keeps the sentences of the first ones of each kind. */
final class Faults {

    private static final int KEPT = 20;

    private final Map<FaultKind, Long> counts = new EnumMap<>(FaultKind.class);
    private final Map<FaultKind, List<String>> sentences = new EnumMap<>(FaultKind.class);

    void add(FaultKind kind, String sentence) {
        counts.merge(kind, 1L, Long::sum);
        List<String> kept = sentences.computeIfAbsent(kind, key -> new ArrayList<>());
        if (kept.size() < KEPT) {
            kept.add(sentence);
        }
    }

    Map<FaultKind, Long> counts() {
        return new EnumMap<>(counts);
    }

    Map<FaultKind, List<String>> sentences() {
        return new EnumMap<>(sentences);
    }
}
