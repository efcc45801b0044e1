package dev.reflux.integration.documents;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A call of the launcher that a page shows: its arguments, and whether the page leaves some out. */
record CommandLine(List<String> arguments, boolean shortened) {

    private static final Pattern CALL = Pattern.compile("(?:^|.* )(?:\\./|/opt/reflux/)?reflux ([^`]+)");
    private static final Pattern ASSIGNMENTS_ONLY = Pattern.compile("(?:[A-Z_]+=(?:\"[^\"]*\"|\\S*) )*|.* -- ");

    /** Returns the call in a line of a code block: without variables before it, comments, redirections and pipes. */
    static Optional<CommandLine> of(String line) {
        Matcher call = CALL.matcher(line.replaceFirst("\\s#.*", ""));
        if (!call.matches()) {
            return Optional.empty();
        }
        String before = line.substring(0, call.start(1)).replaceFirst("(\\./|/opt/reflux/)?reflux $", "");
        if (!ASSIGNMENTS_ONLY.matcher(before).matches()) {
            return Optional.empty();
        }
        String words = call.group(1).replaceFirst(" (>|\\||&&|&).*", "").strip();
        boolean shortened = words.endsWith("…");
        return Optional.of(
                new CommandLine(List.of(words.replaceFirst("\\s*…$", "").split("\\s+")), shortened));
    }
}
