package dev.reflux.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The ledgers of all partitions of the frames' topic, and of earlier topics of that name. */
final class Frames {

    private final String topic;
    private final String currentId;
    private final Faults faults;
    private final Map<Integer, FrameLedger> current = new TreeMap<>();
    private final Map<String, FrameLedger> earlier = new HashMap<>();
    private final List<String> reasons = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** @param currentId Kafka's id of the topic that is there now */
    Frames(String topic, String currentId, Faults faults) {
        this.topic = topic;
        this.currentId = currentId;
        this.faults = faults;
    }

    Map<Integer, FrameLedger> current() {
        return current;
    }

    /** Returns the number of frames of earlier topics of that name, by fate. */
    Map<FrameFate, Long> earlier() {
        Map<FrameFate, Long> counts = new TreeMap<>();
        earlier.values().forEach(ledger -> {
            for (long offset = 0; offset < ledger.end(); offset++) {
                if (ledger.fate(offset) != FrameFate.NO_RECORD) {
                    counts.merge(ledger.fate(offset), 1L, Long::sum);
                }
            }
        });
        return counts;
    }

    FrameLedger partition(int number) {
        return current.computeIfAbsent(number, key -> new FrameLedger());
    }

    boolean isCurrent(FateRuns.Place place) {
        return place.topic().equals(topic)
                && (place.topicId().isEmpty() || place.topicId().equals(currentId));
    }

    FrameLedger of(FateRuns.Place place) {
        return isCurrent(place)
                ? partition(place.partition())
                : earlier.computeIfAbsent(
                        place.topic() + " " + place.topicId() + " " + place.partition(), key -> new FrameLedger());
    }

    int number(String reason) {
        return numbers.computeIfAbsent(reason, key -> {
            reasons.add(key);
            return reasons.size() - 1;
        });
    }

    String reason(int number) {
        return reasons.get(number);
    }

    /** Notes what a version says of a frame. A fate that uses the frame outlasts one that does not. */
    void fate(FateRuns.Place place, FrameFate fate, long version, String reason) {
        FrameLedger ledger = of(place);
        FrameFate before = ledger.fate(place.first());
        if (uses(before) && uses(fate)) {
            faults.add(
                    FaultKind.FRAME_TWICE,
                    "Frame " + place + " is " + before.words() + " in version " + ledger.detail(place.first()) + " and "
                            + fate.words() + " in version " + version + ".");
        } else if (!uses(before)) {
            boolean named = fate == FrameFate.DEAD_LETTERED || fate == FrameFate.OTHER;
            ledger.fate(place.first(), fate, named ? number(reason) : (int) version);
        }
    }

    private static boolean uses(FrameFate fate) {
        return fate == FrameFate.TRAINED || fate == FrameFate.HELD_OUT;
    }
}
