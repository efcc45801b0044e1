package dev.reflux.trainer.wanted;

/**
 * A frame that has been chosen to be labeled. Immutable.
 *
 * @param window the number of the window out of which it was chosen, from 1
 * @param rank its place among the chosen ones of its window, from 1
 * @param frame the frame
 */
public record Choice(long window, int rank, WantedFrame frame) {}
