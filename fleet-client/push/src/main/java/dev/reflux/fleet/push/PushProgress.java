package dev.reflux.fleet.push;

/**
 * The progress of a push.
 *
 * @param position the number of settled messages: acknowledged, spooled or refused
 * @param acknowledged the number of frames that the brokers have
 * @param refused the number of frames that are too large for the brokers, and were set aside
 * @param spooled the number of frames on disk
 * @param bytes the payload that the brokers have, in bytes
 * @param brokersAway whether the brokers do not answer
 */
public record PushProgress(
        long position, long acknowledged, long refused, long spooled, long bytes, boolean brokersAway) {}
