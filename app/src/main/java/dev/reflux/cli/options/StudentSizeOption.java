package dev.reflux.cli.options;

import dev.reflux.common.image.ImageSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The size at which a student looks at frames. Confined to the thread of the command. */
public final class StudentSizeOption {

    @Option(
            names = "--student-size",
            paramLabel = "WxH",
            description = "Size at which the student looks at a frame, such as 192x144. The teacher looks at its own"
                    + " (default: the teacher's).")
    private @Nullable String size;

    /** Returns the size; null if none was given. */
    public @Nullable ImageSize value() {
        return SizeWord.of("--student-size", size);
    }
}
