package dev.reflux.common.health;

import java.util.Optional;

/** One named condition of health. */
public interface Check {

    String name();

    /** Empty when all is well, else one sentence that says what is not. Must answer at once and from any thread. */
    Optional<String> complaint();

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
