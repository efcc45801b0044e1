package dev.reflux.quickstart;

import dev.reflux.quickstart.report.ReportHtml;
import dev.reflux.quickstart.report.ReportJson;
import dev.reflux.quickstart.report.RunFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Leaves the report; its JSON file comes last, and whole: it says that the run is finished. */
final class ReportWriter {

    private static final List<String> COLUMNS = List.of("label", "teacher", "before", "after");

    private final Workspace workspace;
    private final Evaluations evaluations;

    ReportWriter(Workspace workspace, Evaluations evaluations) {
        this.workspace = workspace;
        this.evaluations = evaluations;
    }

    /** @param unlabeled frames of the stream that never had a label */
    void write(RunFacts facts, List<ReportHtml.StripRow> unlabeled) {
        List<ReportHtml.StripRow> strip = evaluations.strip(COLUMNS).stream()
                .map(row -> new ReportHtml.StripRow(row.image(), row.maps()))
                .toList();
        write(workspace.reportHtml(), ReportHtml.of(facts, strip, unlabeled));
        write(workspace.reportJson(), ReportJson.of(facts));
    }

    private static void write(Path file, String text) {
        Workspace.whole(file, part -> {
            try {
                Files.writeString(part, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
