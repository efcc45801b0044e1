package dev.reflux.registry.server;

import java.util.Locale;

/** The role of a token. Each role includes the roles before it. */
public enum Role {
    /** Reads, waits for changes and reports; for vehicles. */
    READER,
    /** Also moves aliases and sets tags; for operators. */
    ADMIN;

    /** Returns whether the role includes another. */
    boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /** Returns the role as the token file and the contract write it, in lower case. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the role of a text.
     *
     * @throws IllegalArgumentException when there is no such role
     */
    static Role of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
