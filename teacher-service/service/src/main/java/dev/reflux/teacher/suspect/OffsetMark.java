package dev.reflux.teacher.suspect;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a teacher writes beside the offset that it commits, so that the next one knows how it ended. It is the metadata of
 * the consumer group's offset: it costs no request of its own, survives the process, and needs no volume.
 *
 * @param kind how the partition is being read
 * @param attempts how often the process was left alone with the frame at the offset; 0 unless the kind is {@code ALONE}
 */
public record OffsetMark(Kind kind, int attempts) {

    /** How a partition is being read. */
    public enum Kind {
        /** Not at all: the teacher has left the partition in good order, or none has read it yet. */
        LEFT,
        /** Frame after frame, several at a time. */
        OPEN,
        /** The frame at the offset, and no other one of any partition. */
        ALONE
    }

    /** The mark of a partition that was left in good order. */
    public static final OffsetMark LEFT = new OffsetMark(Kind.LEFT, 0);
    /** The mark of a partition that is being read. */
    public static final OffsetMark OPEN = new OffsetMark(Kind.OPEN, 0);

    private static final Pattern ALONE = Pattern.compile("alone ([1-9]\\d{0,3})");

    /** Returns the mark of a frame that is the only one in work. */
    public static OffsetMark alone(int attempts) {
        return new OffsetMark(Kind.ALONE, attempts);
    }

    /** Reads a mark; metadata that is none counts as {@link #LEFT}. */
    public static OffsetMark read(String metadata) {
        if (metadata.equals(OPEN.metadata())) {
            return OPEN;
        }
        Matcher alone = ALONE.matcher(metadata);
        return alone.matches() ? alone(Integer.parseInt(alone.group(1))) : LEFT;
    }

    /** Returns the metadata of the offset. */
    public String metadata() {
        String word = kind.name().toLowerCase(Locale.ROOT);
        return switch (kind) {
            case LEFT -> "";
            case OPEN -> word;
            case ALONE -> word + " " + attempts;
        };
    }
}
