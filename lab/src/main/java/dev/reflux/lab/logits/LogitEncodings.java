package dev.reflux.lab.logits;

import dev.reflux.common.failure.UsageException;
import dev.reflux.common.message.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Encodings by name. */
public final class LogitEncodings {

    /** The encodings that are compared by default. */
    public static final List<String> STANDARD = List.of("fp32", "fp16", "int8", "int4", "top3", "half");

    /** The encoding with which all others are compared. */
    public static final String BASELINE = "fp32";

    private LogitEncodings() {}

    /** @throws UsageException if a name is unknown or given twice, or if fp32 is missing */
    public static List<LogitEncoding> parse(List<String> words) {
        List<LogitEncoding> encodings = new ArrayList<>();
        for (String word : words) {
            LogitEncoding encoding = encoding(word);
            if (encodings.contains(encoding)) {
                throw new UsageException("The encoding \"" + word + "\" is given twice; give it once.");
            }
            encodings.add(encoding);
        }
        if (!words.contains(BASELINE)) {
            throw new UsageException("--encodings leaves out fp32, with which all others are compared; add it.");
        }
        return encodings;
    }

    private static LogitEncoding encoding(String word) {
        if (word.matches("top[1-9]\\d{0,2}")) {
            return new TopK(Integer.parseInt(word.substring(3)));
        }
        return switch (word) {
            case "fp32" -> new WireEncoding(word, TensorType.TENSOR_TYPE_FP32);
            case "fp16" -> new WireEncoding(word, TensorType.TENSOR_TYPE_FP16);
            case "int8" -> new WireEncoding(word, TensorType.TENSOR_TYPE_INT8);
            case "int4" -> new Int4();
            case "half" -> new HalfResolution();
            default ->
                throw new UsageException("\"" + word + "\" is no encoding; there are fp32, fp16, int8, int4, topK"
                        + " (top3, the three highest classes of each cell) and half.");
        };
    }
}
