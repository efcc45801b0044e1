package dev.reflux.teacher.ingest;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.teacher.pipeline.Ticket;

/**
 * A usable frame.
 *
 * @param ticket the record of the frame
 * @param message the message
 * @param image the pixels at the size of the camera
 */
public record DecodedFrame(Ticket ticket, LabeledFrame message, RgbImage image) {}
