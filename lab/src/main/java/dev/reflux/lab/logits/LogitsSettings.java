package dev.reflux.lab.logits;

import dev.reflux.common.failure.UsageException;
import dev.reflux.lab.learning.LearningSettings;
import java.util.List;

/**
 * What is compared, and on what.
 *
 * @param learning the stream, the teacher, the student and the one method; its wire is fp32
 * @param encodings rows of the table, fp32 among them
 * @param seeds learning runs of each encoding; 0: sizes and gradients only
 */
public record LogitsSettings(LearningSettings learning, List<LogitEncoding> encodings, int seeds) {

    public LogitsSettings {
        encodings = List.copyOf(encodings);
        if (seeds < 0) {
            throw new UsageException("--seeds is " + seeds + "; give 0 or more.");
        }
    }

    List<String> names() {
        return encodings.stream().map(LogitEncoding::name).toList();
    }
}
