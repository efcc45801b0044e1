import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

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
                + frames.path("labels").asLong(-1)
                + frames.path("deadLettered").asLong(-1);
        hold(frames.path("offered").asLong(0) > 0, "no frame was offered");
        hold(frames.path("trained").asLong(0) > 0, "no frame was trained on: " + frames);
        hold(frames.path("heldOut").asLong(0) > 0, "no frame was held out: " + frames);
        hold(frames.path("deadLettered").asLong(-1) == 0, "frames of the synthetic scenes were refused: " + frames);
        long sent = frames.path("offered").asLong() + frames.path("lateLabels").asLong(-1);
        hold(sent == accounted, "the frames and their late labels do not add up: " + frames);
        hold(frames.path("duplicates").asLong(-1) == 0, "frames were trained twice: " + frames);

        taught(report.path("taught"), frames);

        JsonNode student = report.path("student");
        double before = student.path("initialMiou").asDouble(Double.NaN);
        double after = student.path("finalMiou").asDouble(Double.NaN);
        hold(after - before >= GAIN, "the student went from " + before + " to " + after + " mIoU, not up by " + GAIN);
        // A student may well be better than its teacher; the teacher must have been scored.
        percent(report.path("teacher").path("miou"), "the teacher's mIoU");
        hold(!report.path("teacher").path("id").asText().isEmpty(), "the teacher has no name");
        percent(student.path("initialMiou"), "the untrained student's mIoU");
        percent(student.path("finalMiou"), "the pulled student's mIoU");
        hold(student.path("perClass").size() >= 2, "the student has no IoU for each class");
        hold(student.path("perDomain").size() >= 2, "the student has no mIoU for each domain");
        student.path("perClass").properties().forEach(one -> percentOrNull(one.getValue(), "IoU of " + one.getKey()));
        student.path("perDomain").properties().forEach(one -> percent(one.getValue(), "mIoU of " + one.getKey()));

        JsonNode versions = report.path("versions");
        hold(versions.size() >= VERSIONS, versions.size() + " versions were published, not " + VERSIONS);
        versions(versions, frames.path("trained").asLong());
        // Where few frames have a label, the gate judges by very few held-out frames and may hold vehicles at an older version.
        int newest = versions.size();
        int pulledVersion = student.path("version").asInt();
        hold(
                pulledVersion == newest || report.path("taught").path("unlabeledFrames").asLong() > 0,
                "version " + pulledVersion + " was pulled, not the last");
        JsonNode ofVehicle = versions.path(pulledVersion - 1);
        hold(
                Math.abs(ofVehicle.path("miou").asDouble(Double.NaN) - after) < 0.005,
                "the mIoU of version " + pulledVersion + " is not the pulled student's");
        byte[] pulled = Files.readAllBytes(Path.of(student.path("file").asText()));
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pulled));
        hold(
                sha256.equals(ofVehicle.path("sha256").asText()),
                "the pulled file is not version " + pulledVersion);
        // No frame scores before the first label is there.
        boolean late = report.path("taught").path("labeledFrames").asLong() < frames.path("offered").asLong();
        curve(report.path("prequential"), "frames", List.of("miou"), late);
        curve(report.path("losses"), "step", List.of("ce", "bce"), false);
        for (String figure : List.of("framesPerSecond", "teacherMs", "trainMs", "wireBytesPerFrame", "totalSeconds")) {
            hold(report.path("throughput").path(figure).asDouble(0) > 0, figure + " is missing or not above 0");
        }
        hold(report.path("config").size() >= 10, "the configuration is missing");
        hold(!report.path("config").toString().matches(".*(secret|access)-key.*"), "the configuration tells a secret");
        for (String what : List.of("java", "os", "processors")) {
            hold(report.path("environment").has(what), "the environment lacks " + what);
        }

        String html = Files.readString(folder.resolve("report.html"));
        hold(html.contains("<svg"), "report.html has no plot");
        hold(html.contains("data:image/"), "report.html has no frame");
        hold(!html.contains("src=\"http") && !html.contains("href=\"http"), "report.html fetches something");
        System.out.printf(
                "report: %d frames and late labels accounted for, mIoU %.1f -> %.1f, %d versions%n",
                accounted, before, after, versions.size());
    }

    /** Who taught: the frames with and without a label are all frames, and labels and teacher share the pixels. */
    private void taught(JsonNode taught, JsonNode frames) {
        long known = taught.path("labeledFrames").asLong(-1)
                + taught.path("lateLabeledFrames").asLong(-1)
                + taught.path("unlabeledFrames").asLong(-1);
        hold(known == frames.path("offered").asLong(), "the labels do not add up: " + taught);
        hold(
                taught.path("lateLabeledFrames").asLong() == frames.path("lateLabels").asLong(-1),
                "the late labels are counted in two ways: " + taught + " and " + frames);
        percent(taught.path("byLabels"), "the part of the pixels that labels taught");
        percent(taught.path("byTeacher"), "the part of the pixels that the teacher taught");
        double both = taught.path("byLabels").asDouble() + taught.path("byTeacher").asDouble();
        hold(Math.abs(both - 100) < 0.02, "labels and teacher taught " + both + " % of the pixels");
    }

    private void versions(JsonNode versions, long trained) {
        long before = 0;
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            JsonNode version = versions.get(i);
            hold(version.path("version").asLong() == i + 1, "version " + (i + 1) + " is missing");
            hold(version.path("parent").asLong(-1) == i, "version " + (i + 1) + " does not descend from version " + i);
            hold(version.path("framesTrained").asLong() > before, "version " + (i + 1) + " has learnt nothing new");
            hold(version.path("sha256").asText().matches("[0-9a-f]{64}"), "version " + (i + 1) + " has no sha256");
            hold(hashes.add(version.path("sha256").asText()), "version " + (i + 1) + " is a copy of another");
            percent(version.path("miou"), "mIoU of version " + (i + 1));
            before = version.path("framesTrained").asLong();
        }
        hold(before == trained, "the last version holds " + before + " frames of the " + trained + " that were trained on");
    }

    /**
     * Points in order, each figure finite and not below 0.
     *
     * @param late whether the figures may be missing at first
     */
    private void curve(JsonNode points, String axis, List<String> figures, boolean late) {
        hold(points.size() >= 10, "the curve over " + axis + " has too few points: " + points.size());
        double before = -1;
        Set<String> begun = new HashSet<>();
        for (JsonNode point : points) {
            double at = point.path(axis).asDouble(-1);
            hold(at >= before, "the curve over " + axis + " goes back at " + at);
            before = at;
            for (String figure : figures) {
                boolean there = point.path(figure).isNumber() && point.path(figure).asDouble() >= 0;
                boolean notYet = late && !begun.contains(figure) && point.path(figure).isNull();
                hold(there || notYet, figure + " is missing at " + at);
                if (there) {
                    begun.add(figure);
                }
            }
        }
    }

    private void percent(JsonNode score, String what) {
        hold(score.isNumber() && score.asDouble() >= 0 && score.asDouble() <= 100, what + " is no percentage: " + score);
    }

    /** What a class scored; null when it did not occur. */
    private void percentOrNull(JsonNode score, String what) {
        if (!score.isNull()) {
            percent(score, what);
        }
    }

    private void hold(boolean promise, String otherwise) {
        if (!promise) {
            broken.add(otherwise);
        }
    }
}
