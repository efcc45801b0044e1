package dev.reflux.teacher.projection;

import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.teacher.pipeline.Ticket;

/**
 * All that the teacher says of a frame.
 *
 * @param projected Z_t: [C, h, w] on the teacher's feature grid
 * @param logits its final logits: [C, h', w'] on the grid that the configuration names
 */
public record ProjectedFrame(Ticket ticket, LabeledFrame message, LogitMap projected, LogitMap logits) {}
