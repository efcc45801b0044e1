package dev.reflux.datasets.folder;

import java.util.ArrayList;
import java.util.List;

/** Things of one kind that were found: their number and the first few. Confined to one thread. */
final class Oddities {

    private static final int EXAMPLES = 3;

    private final List<String> first = new ArrayList<>();
    private int count;

    void add(String example) {
        count++;
        if (first.size() < EXAMPLES) {
            first.add(example);
        }
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Returns the examples, as in "first: a, b, c". */
    String examples() {
        return (count == 1 ? "" : "first: ") + String.join(", ", first);
    }

    /** Returns "1 file" or "3 files". */
    String counted(String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
