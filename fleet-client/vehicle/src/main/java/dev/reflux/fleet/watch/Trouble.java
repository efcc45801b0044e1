package dev.reflux.fleet.watch;

import dev.reflux.common.failure.UsageException;
import dev.reflux.fleet.pull.RefusedStudentException;
import dev.reflux.registry.client.StoreException;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.RegistryNames;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/**
 * Failures of one kind of work, one after the other: how long to wait, and what to say. A kind of failure is said once, until
 * the work succeeds again. One thread.
 */
final class Trouble {

    private static final int MOST_KINDS = 100;
    private static final double LEAST_SHARE = 0.5;

    private final Logger log;
    private final WatchPace pace;
    private final RandomGenerator random;
    private final Set<String> said = new HashSet<>();
    private long failures;
    private String sentence = "";

    Trouble(Logger log, WatchPace pace, RandomGenerator random) {
        this.log = log;
        this.pace = pace;
        this.random = random;
    }

    long failures() {
        return failures;
    }

    /** Returns the last failure; empty when the last try succeeded. */
    String sentence() {
        return sentence;
    }

    /** Records a success. */
    void over() {
        if (failures > 0) {
            log.info("It succeeds again after {} failures.", failures);
        }
        failures = 0;
        sentence = "";
        said.clear();
    }

    /**
     * Records a failure, and says it unless it was said.
     *
     * @param about what was tried: another one is another kind
     * @return the pause before the next try
     */
    Duration failed(Throwable failure, String about) {
        failures++;
        sentence = RegistryNames.printable(sentenceOf(failure));
        boolean refusal = failure instanceof RefusedStudentException || failure instanceof UsageException;
        Duration pause = refusal ? jittered(pace.refused()) : jittered(grown());
        // The numbers in a sentence are often those of the try.
        String kind = failure.getClass().getName() + about + sentence.replaceAll("[0-9]+", "#");
        if (said.size() < MOST_KINDS && said.add(kind)) {
            if (isForeseen(failure)) {
                log.warn(
                        "{} It is tried again within {} s.",
                        sentence,
                        longest(refusal).toSeconds());
            } else {
                log.error(
                        "{} It is tried again within {} s.",
                        sentence,
                        longest(refusal).toSeconds(),
                        failure);
            }
        }
        return pause;
    }

    private Duration longest(boolean refusal) {
        return refusal ? pace.refused() : pace.longestPause();
    }

    private Duration grown() {
        Duration pause = pace.firstPause();
        for (long i = 1; i < failures && pause.compareTo(pace.longestPause()) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(pace.longestPause()) < 0 ? pause : pace.longestPause();
    }

    /** Vehicles that lost a registry at the same time do not come back at the same time. */
    private Duration jittered(Duration pause) {
        return Duration.ofNanos((long) (pause.toNanos() * random.nextDouble(LEAST_SHARE, 1)));
    }

    private static String sentenceOf(Throwable failure) {
        return failure.getMessage() == null || failure.getMessage().isBlank()
                ? "The watch met " + failure.getClass().getName() + "."
                : failure.getMessage();
    }

    private static boolean isForeseen(Throwable failure) {
        return failure instanceof RefusedStudentException
                || failure instanceof UsageException
                || failure instanceof StoreException
                || failure instanceof UncheckedIOException
                || failure instanceof RegistryException;
    }
}
