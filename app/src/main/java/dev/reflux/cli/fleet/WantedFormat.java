package dev.reflux.cli.fleet;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The formats of an exported list of wanted labels. */
enum WantedFormat {
    /** One JSON object a line. */
    JSONL("jsonl"),
    /** Comma-separated values with a head line. */
    CSV("csv"),
    /** The list of tasks that Label Studio imports. */
    LABEL_STUDIO("label-studio");

    private final String word;

    WantedFormat(String word) {
        this.word = word;
    }

    /** Returns the format that the name of a file says. */
    static WantedFormat of(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv") ? CSV : JSONL;
    }

    @Override
    public String toString() {
        return word;
    }

    /** Reads the word of a format. */
    static final class Converter implements ITypeConverter<WantedFormat> {

        @Override
        public WantedFormat convert(String given) {
            for (WantedFormat format : values()) {
                if (format.word.equalsIgnoreCase(given)) {
                    return format;
                }
            }
            throw new TypeConversionException("\"" + given + "\" is none of " + List.of(values()));
        }
    }
}
