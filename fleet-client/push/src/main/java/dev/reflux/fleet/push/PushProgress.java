package dev.reflux.fleet.push;

/**
 * How a push stands.
 *
 * @param position messages of the plan that are settled: acknowledged, spooled or refused
 * @param acknowledged frames that the brokers have
 * @param refused frames over the record limit, which no broker is offered
 * @param spooled frames waiting on disk
 * @param bytes payload that the brokers have
 * @param brokersAway whether the brokers do not answer at the moment
 */
public record PushProgress(
        long position, long acknowledged, long refused, long spooled, long bytes, boolean brokersAway) {}
