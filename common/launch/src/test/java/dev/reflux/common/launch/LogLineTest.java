package dev.reflux.common.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.trace.LogScope;
import dev.reflux.common.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line of a JSON log has the keys that docs/logging.md says, and no others. */
class LogLineTest {

    private static final Path DOCUMENT = Path.of("../../docs/logging.md");
    private static final Pattern ROW = Pattern.compile("^\\| `([^`]+)` \\| (.*?) \\|", Pattern.MULTILINE);
    private static final String FRAME = "a line about a frame";

    /** What the second process says; logging reads its configuration once a JVM. */
    static final class Speaker {

        private Speaker() {}

        public static void main(String[] args) {
            Logger log = LoggerFactory.getLogger("dev.reflux.speaker");
            log.info("plain \"quoted\"\nof two lines");
            RecordHeaders headers = new RecordHeaders();
            TraceContext.begin().writeTo(headers);
            try (LogScope scope = LogScope.of(headers, "frame-7")) {
                log.warn(FRAME);
            }
            log.error("failing", new IllegalStateException("cause"));
        }
    }

    @Test
    void givenTheDocumentedKeys_whenAServiceLogs_thenEachLineHasExactlyThose() throws Exception {
        Set<String> always = documented("always");
        Set<String> aboutFrames = documented("line about a frame.*");
        Set<String> ofFailures = documented("a failure is logged.*");

        List<JsonNode> lines = lines();

        assertThat(lines).hasSize(3);
        assertThat(keys(lines.get(0))).isEqualTo(always);
        assertThat(keys(lines.get(1))).isEqualTo(union(always, aboutFrames));
        assertThat(keys(lines.get(2))).isEqualTo(union(always, ofFailures));
        assertThat(lines.get(0).get("message").asText()).isEqualTo("plain \"quoted\"\nof two lines");
        assertThat(lines.get(0).get("service.name").asText()).isEqualTo("reflux-teacher");
        assertThat(lines.get(1).get("frame_id").asText()).isEqualTo("frame-7");
        assertThat(lines.get(1).get("trace_id").asText()).matches("[0-9a-f]{32}");
        assertThat(lines.get(2).get("error.type").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(aboutFrames).containsExactlyInAnyOrder(LogScope.TRACE_ID, LogScope.FRAME_ID);
    }

    private static Set<String> documented(String when) throws Exception {
        return ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .filter(row -> row.group(2).matches(when))
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> keys(JsonNode line) {
        Set<String> keys = new TreeSet<>();
        line.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
        Set<String> both = new TreeSet<>(a);
        both.addAll(b);
        return both;
    }

    private static List<JsonNode> lines() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Duser.language=" + System.getProperty("user.language"),
                        "-Duser.timezone=" + System.getProperty("user.timezone"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dlog4j2.configurationFile=log4j2-json.xml",
                        "-Dreflux.service=teacher",
                        "-Dreflux.log.level=info",
                        Speaker.class.getName())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : said.lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }
}
