package dev.reflux.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.quickstart.report.RunFacts;
import dev.reflux.trainer.checkpoint.TrainerState;
import dev.reflux.trainer.update.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The course of the training, step by step, kept in a file so that a resumed run shows all of it. Steps that a crash made
 * undone are overwritten when they are done again. Written by the training thread, read by any.
 */
final class RunHistory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunHistory.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TreeMap<Long, RunFacts.Point> points = new TreeMap<>();
    private final Writer file;

    RunHistory(Path path) {
        try {
            boolean resumed = Files.exists(path);
            if (resumed) {
                Files.readAllLines(path).stream()
                        .filter(line -> !line.isEmpty())
                        .forEach(this::read);
            }
            file = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            if (resumed) {
                // The last line may have no end; the next one must not be glued to it.
                file.write("\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A kill may have cut the last line short. */
    private void read(String line) {
        try {
            RunFacts.Point point = JSON.readValue(line, RunFacts.Point.class);
            points.tailMap(point.step(), true).clear();
            points.put(point.step(), point);
        } catch (JsonProcessingException e) {
            LOG.debug("a line of the run's history is cut short: {}", e.getMessage());
        }
    }

    synchronized void add(StepReport report, TrainerState.Counts counts, double prequential) {
        RunFacts.Point point = new RunFacts.Point(
                report.step(),
                counts.trained(),
                prequential,
                report.ce(),
                report.kd(),
                report.hakd(),
                report.bce(),
                report.labeledFraction(),
                report.teacherShare(),
                report.maxWeight(),
                report.times().total());
        points.tailMap(point.step(), true).clear();
        points.put(point.step(), point);
        try {
            file.write(JSON.writeValueAsString(point) + "\n");
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized List<RunFacts.Point> points() {
        return List.copyOf(points.values());
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
