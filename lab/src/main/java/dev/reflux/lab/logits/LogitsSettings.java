package dev.reflux.lab.logits;

import dev.reflux.common.failure.UsageException;
import dev.reflux.lab.learning.LearningSettings;
import java.util.List;

/**
 * The settings of the logits benchmark.
 *
 * @param learning stream, teacher, student and the method; its wire encoding is fp32
 * @param encodings the rows of the table, which include fp32
 * @param seeds number of learning runs of each encoding; 0 for sizes and gradients only
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
