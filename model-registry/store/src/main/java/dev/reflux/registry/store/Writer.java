package dev.reflux.registry.store;

/**
 * The right to publish versions of one model line, until somebody opens it anew.
 *
 * @param model the model line's name
 * @param name who writes, for people
 * @param epoch from 1, higher than every writer's before
 */
public record Writer(String model, String name, long epoch) {}
