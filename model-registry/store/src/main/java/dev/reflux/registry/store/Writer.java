package dev.reflux.registry.store;

/**
 * The right to publish versions of one model line, until another writer opens the line.
 *
 * @param model the name of the model line
 * @param name the name of the writer, for people
 * @param epoch the epoch, from 1; higher than that of every earlier writer
 */
public record Writer(String model, String name, long epoch) {}
