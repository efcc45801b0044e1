package dev.reflux.datasets.labelled;

/**
 * A frame as its files hold it.
 *
 * @param id for messages about it
 * @param domain which part of the world it shows, for scores by domain
 * @param image JPEG or PNG
 * @param label 8-bit PNG of the image's size
 */
public record LabelledFrame(String id, String domain, byte[] image, byte[] label) {}
