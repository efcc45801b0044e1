package dev.reflux.teacher.ingest;

import dev.reflux.common.image.RgbImage;
import dev.reflux.common.message.LabeledFrame;
import dev.reflux.teacher.pipeline.Ticket;

/** A sound frame: its message, and its image as pixels at the camera's size. */
public record DecodedFrame(Ticket ticket, LabeledFrame message, RgbImage image) {}
