package dev.reflux.teacher.projection;

import dev.reflux.common.message.LabeledFrame;
import dev.reflux.common.tensor.LogitMap;
import dev.reflux.teacher.pipeline.Ticket;

/**
 * A frame with the outputs of the teacher, in Java memory.
 *
 * @param ticket the record of the frame
 * @param message the message
 * @param projected the projected logits Z_t, [C, h, w] on the teacher's feature grid
 * @param logits the final logits, [C, h', w'] on the grid of {@code tensors.logits-stride}
 */
public record ProjectedFrame(Ticket ticket, LabeledFrame message, LogitMap projected, LogitMap logits) {}
