package dev.reflux.registry.gate;

import dev.reflux.common.failure.UsageException;
import java.time.Duration;

/**
 * The limits of a promotion. Scores are fractions, 0 to 1.
 *
 * @param floor the smallest holdout mIoU of a version that is promoted
 * @param mayLose the largest loss of holdout mIoU relative to the champion
 * @param classMayLose the largest loss of the IoU of any class
 * @param domainMayLose the largest loss of the mIoU of any domain
 * @param quiet the time for which a canary runs without a report of a regression before it is promoted
 * @param reports the smallest number of tokens whose vehicles must report a regression before a version is rolled back; with
 *     more than 1, nobody can roll a fleet back alone
 * @param reportShare the smallest share of those that report of the version at all, 0 to 1
 */
public record GateRules(
        double floor,
        double mayLose,
        double classMayLose,
        double domainMayLose,
        Duration quiet,
        int reports,
        double reportShare) {

    /**
     * Tolerates a loss of 0.005 mIoU, 0.05 in a class and 0.02 in a domain; an hour of quiet; two tokens, and half of those
     * that report, roll a version back.
     */
    public static final GateRules DEFAULT = new GateRules(0, 0.005, 0.05, 0.02, Duration.ofHours(1), 2, 0.5);

    public GateRules {
        if (!(floor >= 0 && mayLose >= 0 && classMayLose >= 0 && domainMayLose >= 0)) {
            throw new UsageException("The floor and the tolerated losses of a gate are fractions, 0 or more.");
        }
        if (quiet.isNegative() || reports < 1 || !(reportShare >= 0 && reportShare <= 1)) {
            throw new UsageException(
                    "The quiet period of a gate is 0 or longer, its number of reports is 1 or more, and"
                            + " their share is 0 to 1.");
        }
    }
}
