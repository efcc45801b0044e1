package dev.reflux.registry.gate;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;

/**
 * What a version must be to go live. Scores are fractions, 0 to 1.
 *
 * @param floor holdout mIoU that it must have at least
 * @param mayLose holdout mIoU that it may have less than the live version
 * @param classMayLose IoU that any class may have less than the live version's
 * @param domainMayLose mIoU that any domain may have less than the live version's
 * @param quiet how long a canary must run without a report of a regression
 * @param reports vehicles that must report a regression for it to count
 */
public record GateRules(
        double floor, double mayLose, double classMayLose, double domainMayLose, Duration quiet, int reports) {

    /** Nothing may be lost but half a point, in a class 5 points, in a domain 2; an hour of quiet; 1 vehicle counts. */
    public static final GateRules DEFAULT = new GateRules(0, 0.005, 0.05, 0.02, Duration.ofHours(1), 1);

    public GateRules {
        if (!(floor >= 0 && mayLose >= 0 && classMayLose >= 0 && domainMayLose >= 0)) {
            throw new UsageException("A gate's floor and what may be lost are fractions from 0 on.");
        }
        if (quiet.isNegative() || reports < 1) {
            throw new UsageException("A gate's quiet period is 0 or longer, and at least 1 vehicle must report.");
        }
    }
}
