package dev.reflux.common.failure;

/** The closed set of reasons for which a record is refused. The dead letter carries the name in a header. */
public enum Rejection {
    /** The bytes are not a message of the expected kind, or a required field is missing. */
    MALFORMED_MESSAGE,
    /** The message has a format version that this build does not know. */
    UNKNOWN_MESSAGE_VERSION,
    /** The record is over the size limit. */
    RECORD_TOO_LARGE,
    /** The image has no bytes. */
    EMPTY_IMAGE,
    /** The image cannot be decoded: truncated, damaged or of an unknown format. */
    UNREADABLE_IMAGE,
    /** The image's header announces more pixels than the limit. */
    IMAGE_TOO_LARGE,
    /** The label cannot be decoded. */
    UNREADABLE_LABEL,
    /** The label is not an 8-bit one-channel PNG. */
    LABEL_NOT_8_BIT_GRAY,
    /** Label and image differ in size. */
    LABEL_SIZE_MISMATCH,
    /** A label pixel is neither a class of the schema nor the ignore value. */
    CLASS_OUT_OF_RANGE,
    /** The frame names a label schema that the service does not have, or one other than the model's. */
    UNKNOWN_LABEL_SCHEMA,
    /** A tensor's shape, type or data contradict each other. */
    BAD_TENSOR,
    /** The sample comes from a teacher or a projection head other than the one that the trainer learns from. */
    WRONG_TEACHER,
    /** The model failed on this frame although the frame itself is sound. */
    INFERENCE_FAILED,
    /** The process ended more than once while it worked on this frame and on no other. The frame is not opened again. */
    PROCESS_ENDED,
    /** The trainer's guard does not trust the frame: its image shows nothing, its label is noise, or its camera is set aside. */
    SET_ASIDE,
    /** Every optimizer step on the frame's window had a gradient that is not finite or exploded. */
    STEP_SKIPPED
}
