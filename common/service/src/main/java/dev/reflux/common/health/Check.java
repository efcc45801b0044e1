package dev.reflux.common.health;

import java.util.Optional;

/** One named condition of health. Any thread may call it; it must answer at once. */
public interface Check {

    /** Returns the name in the answers of the probes. */
    String name();

    /** Returns one sentence that says what is wrong; empty when nothing is. */
    Optional<String> complaint();

    /** Returns a check of a name and a supplier of complaints. */
    static Check of(String name, java.util.function.Supplier<Optional<String>> complaint) {
        return new Check() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<String> complaint() {
                return complaint.get();
            }
        };
    }
}
