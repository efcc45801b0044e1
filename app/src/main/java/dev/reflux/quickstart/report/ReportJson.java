package dev.reflux.quickstart.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.evaluation.SegmentationScore;
import dev.reflux.registry.format.Artifact;
import java.util.Map;
import java.util.TreeMap;

/** The report for machines. mIoU and IoU in percent; what could not be measured is null. */
public final class ReportJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportJson() {}

    public static String of(RunFacts facts) {
        ObjectNode root = JSON.createObjectNode();
        root.put("reflux", facts.run().version());
        root.put("command", facts.run().command());
        root.put("finished", facts.run().finished().toString());
        root.put("dataset", facts.dataset().id());
        root.putObject("frames")
                .put("offered", facts.offered())
                .put("lateLabels", facts.labels().later())
                .put("trained", facts.counts().trained())
                .put("heldOut", facts.counts().heldOut())
                .put("labels", facts.counts().labels())
                .put("deadLettered", facts.deadLettered())
                .put("duplicates", facts.counts().duplicates());
        taught(root.putObject("taught"), facts);
        ObjectNode teacher = root.putObject("teacher");
        teacher.put("id", facts.teacherId());
        teacher.set("miou", percent(facts.teacher().miou()));
        scores(teacher, facts.teacher());
        ObjectNode student = root.putObject("student");
        student.set("initialMiou", percent(facts.before().miou()));
        student.set("finalMiou", percent(facts.after().miou()));
        student.set("pixelAccuracy", percent(facts.after().pixelAccuracy()));
        scores(student, facts.after());
        student.put("version", facts.pulledVersion());
        student.put("file", String.valueOf(facts.pulledModel()));
        course(root, facts);
        versions(root.putArray("versions"), facts);
        ObjectNode throughput = root.putObject("throughput");
        throughput.set("framesPerSecond", number(facts.throughput().framesPerSecond()));
        throughput.set("teacherMs", number(facts.throughput().teacherMs()));
        throughput.set("trainMs", number(facts.throughput().trainMs()));
        throughput.set("wireBytesPerFrame", number(facts.throughput().wireBytesPerFrame()));
        throughput.set("totalSeconds", number(facts.throughput().totalSeconds()));
        root.set("config", JSON.valueToTree(new TreeMap<>(facts.config())));
        root.putObject("environment")
                .put("java", System.getProperty("java.version"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("maxHeapMiB", Runtime.getRuntime().maxMemory() >> 20);
        return root.toPrettyString();
    }

    private static void taught(ObjectNode node, RunFacts facts) {
        node.put("labeledFrames", facts.labels().atOnce());
        node.put("lateLabeledFrames", facts.labels().later());
        node.put("unlabeledFrames", facts.labels().never());
        node.set("byLabels", percent(facts.taught().byLabels()));
        node.set("byTeacher", percent(facts.taught().byTeacher()));
        node.put("sentence", facts.taught().sentence());
    }

    private static void scores(ObjectNode node, SegmentationScore score) {
        map(node.putObject("perClass"), score.perClass());
        map(node.putObject("perDomain"), score.perDomain());
    }

    private static void map(ObjectNode node, Map<String, Double> scores) {
        scores.forEach((name, value) -> node.set(name, percent(value)));
    }

    private static void course(ObjectNode root, RunFacts facts) {
        ArrayNode prequential = root.putArray("prequential");
        ArrayNode losses = root.putArray("losses");
        for (RunFacts.Point point : facts.course()) {
            ObjectNode score = prequential.addObject();
            score.put("frames", point.frames()).set("miou", percent(point.prequential()));
            ObjectNode loss = losses.addObject().put("step", point.step());
            loss.set("ce", number(point.ce()));
            loss.set("kd", number(point.kd()));
            loss.set("hakd", number(point.hakd()));
            loss.set("bce", number(point.bce()));
            loss.set("taughtByLabels", percent(point.labeled()));
            loss.set("kmmTeacherShare", number(point.share()));
            loss.set("kemMaxWeight", number(point.weight()));
        }
    }

    private static void versions(ArrayNode array, RunFacts facts) {
        for (RunFacts.ScoredVersion scored : facts.versions()) {
            ObjectNode node = array.addObject();
            node.put("version", scored.version().version());
            node.set("miou", percent(scored.test().miou()));
            HoldoutFigure holdout = HoldoutFigure.of(scored.version().metrics());
            node.set("holdoutMiou", percent(holdout.miou()));
            node.set("holdoutFrames", number(holdout.frames()));
            node.set("holdoutAgreement", percent(holdout.agreement()));
            node.set("holdoutAgreementFrames", number(holdout.agreementFrames()));
            node.put("gate", scored.gate());
            node.put("sha256", scored.version().blob(Artifact.STUDENT).sha256());
            node.put("parent", scored.version().lineage().parentVersion());
            node.put("step", scored.version().lineage().step());
            node.put("framesTrained", scored.version().lineage().framesTrained());
        }
    }

    private static com.fasterxml.jackson.databind.JsonNode percent(double part) {
        return number(Math.round(part * 10_000) / 100.0, Double.isFinite(part));
    }

    private static com.fasterxml.jackson.databind.JsonNode number(double value) {
        return number(value, Double.isFinite(value));
    }

    private static com.fasterxml.jackson.databind.JsonNode number(double value, boolean known) {
        return known ? JSON.getNodeFactory().numberNode(value) : JSON.nullNode();
    }
}
