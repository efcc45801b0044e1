package dev.reflux.cli.letters;

import dev.reflux.common.failure.Rejection;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.kafka.DeadLetterReplay.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose dead letters. */
final class FilterOptions {

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "Only letters of this reason: ${COMPLETION-CANDIDATES}.")
    private @Nullable Rejection reason;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "Only letters that are at most this old, such as PT2H or P1D.")
    private @Nullable Duration since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "0",
            description = "Largest number of letters, oldest first; 0 for all (default).")
    private long limit;

    Filter filter() {
        if (limit < 0) {
            throw new UsageException("--limit is " + limit + "; give 1 or more, or 0 for all.");
        }
        return new Filter(
                Optional.ofNullable(reason),
                Optional.ofNullable(since).map(age -> Instant.now().minus(age)),
                limit);
    }
}
