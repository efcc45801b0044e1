import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Holds what a quickstart left in a folder against what the README promises of it. */
final class AssertReport {

    private static final double GAIN = 15;
    private static final int VERSIONS = 3;

    private final List<String> broken = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        AssertReport report = new AssertReport();
        report.read(Path.of(args[0]));
        report.broken.forEach(sentence -> System.err.println("report: " + sentence));
        System.exit(report.broken.isEmpty() ? 0 : 1);
    }

    private void read(Path folder) throws Exception {
        JsonNode report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        JsonNode frames = report.path("frames");
        long accounted = frames.path("trained").asLong(-1)
                + frames.path("heldOut").asLong(-1)
                + frames.path("deadLettered").asLong(-1);
        hold(frames.path("offered").asLong(0) > 0, "no frame was offered");
        hold(frames.path("offered").asLong() == accounted, "the frames do not add up: " + frames);
        hold(frames.path("duplicates").asLong(-1) == 0, "frames were trained twice: " + frames);

        JsonNode student = report.path("student");
        double before = student.path("initialMiou").asDouble(Double.NaN);
        double after = student.path("finalMiou").asDouble(Double.NaN);
        hold(after - before >= GAIN, "the student went from " + before + " to " + after + " mIoU, not up by " + GAIN);
        hold(report.path("teacher").path("miou").asDouble(0) > after, "the teacher's score is missing or under the student's");

        JsonNode versions = report.path("versions");
        hold(versions.size() >= VERSIONS, versions.size() + " versions were published, not " + VERSIONS);
        for (int i = 0; i < versions.size(); i++) {
            hold(versions.get(i).path("version").asLong() == i + 1, "version " + (i + 1) + " is missing");
        }
        byte[] pulled = Files.readAllBytes(Path.of(student.path("file").asText()));
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pulled));
        hold(
                sha256.equals(versions.path(versions.size() - 1).path("sha256").asText()),
                "the pulled file is not the last version");
        hold(report.path("prequential").size() >= 10, "the prequential curve has too few points");
        hold(report.path("losses").size() >= 10, "the losses' curve has too few points");
        hold(report.path("throughput").path("framesPerSecond").asDouble(0) > 0, "the throughput is missing");

        String html = Files.readString(folder.resolve("report.html"));
        hold(html.contains("<svg"), "report.html has no plot");
        hold(html.contains("data:image/"), "report.html has no frame");
        hold(!html.contains("src=\"http") && !html.contains("href=\"http"), "report.html fetches something");
        System.out.printf(
                "report: %d frames accounted for, mIoU %.1f -> %.1f, %d versions%n",
                accounted, before, after, versions.size());
    }

    private void hold(boolean promise, String otherwise) {
        if (!promise) {
            broken.add(otherwise);
        }
    }
}
