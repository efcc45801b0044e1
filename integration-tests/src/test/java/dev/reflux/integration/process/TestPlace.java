package dev.reflux.integration.process;

import java.util.List;
import java.util.stream.Stream;

/** Where the tests run: language, country and time zone of this JVM, for the processes that it starts. */
public final class TestPlace {

    private TestPlace() {}

    /** Returns the options of a JVM in the same place. */
    public static List<String> options() {
        return Stream.of("user.language", "user.country", "user.timezone")
                .map(name -> "-D" + name + "=" + System.getProperty(name, ""))
                .toList();
    }

    /**
     * Returns the value of REFLUX_JAVA_OPTS for a launcher in the same place.
     *
     * @param more options that are added
     */
    public static String launcherOptions(String... more) {
        return String.join(
                " ", Stream.concat(options().stream(), Stream.of(more)).toList());
    }
}
