package dev.reflux.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.reflux.common.meters.Meter;
import dev.reflux.common.meters.Meters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Page, dashboard and alert rules name the meters that exist, and every one of them. */
class ObservabilityTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = HOME.resolve("docs/meters.md");
    private static final Path RULES = HOME.resolve("containers/monitoring/alerts.yml");
    private static final Path DASHBOARD = HOME.resolve("containers/monitoring/grafana/dashboards/reflux.json");
    /** Makes the page anew instead of comparing it. */
    private static final String REGENERATE = "reflux.regenerate";
    /** Prometheus itself makes this one. */
    private static final String UP = "up";

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'");
    private static final Pattern LABELS =
            Pattern.compile("\\{[^}]*}|\\[[^]]*]|\\b(by|on|without|ignoring)\\s*\\([^)]*\\)");
    private static final Pattern NAME = Pattern.compile("\\b[a-zA-Z_:][a-zA-Z0-9_:]*\\b(?!\\s*\\()");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "group_left", "group_right");
    private static final Map<Meter.Kind, String> KINDS = Map.of(
            Meter.Kind.COUNTER, "counter",
            Meter.Kind.GAUGE, "gauge",
            Meter.Kind.TIMER, "timer: `_count`, `_sum`, `_max`",
            Meter.Kind.SUMMARY, "summary: `_count`, `_sum`, `_max`");

    private static Set<String> scraped;

    @BeforeAll
    static void scrapeEverything() {
        try (Meters meters = new Meters()) {
            for (Meter meter : Meter.values()) {
                String[] tags = meter.tags().toArray(new String[0]);
                switch (meter.kind()) {
                    case COUNTER -> meters.counter(meter, tags).increment();
                    case GAUGE -> meters.gauge(meter, () -> 1, tags);
                    case TIMER -> meters.timer(meter, tags).record(() -> {});
                    case SUMMARY -> meters.summary(meter, tags).record(1);
                }
            }
            // A collection is told by the JVM a little later; only then is its meter there.
            System.gc();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> names(meters)
                    .contains("jvm_gc_pause_seconds_sum"));
            scraped = names(meters);
            scraped.add(UP);
        }
    }

    private static Set<String> names(Meters meters) {
        return meters.registry()
                .scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void givenTheMeters_whenThePageIsMadeAnew_thenItIsTheOneThatIsThere() throws IOException {
        String page = page();
        if (Boolean.getBoolean(REGENERATE)) {
            Files.writeString(PAGE, page);
        }

        String there = Files.readString(PAGE);

        assertThat(there)
                .as("./mvnw -pl integration-tests test -Dtest=ObservabilityTest -D" + REGENERATE + "=true")
                .isEqualTo(page);
    }

    private static String page() {
        StringBuilder page = new StringBuilder(
                """
                # Meters

                <!-- Made from dev.reflux.common.meters.Meter; to make it anew:
                     ./mvnw -pl integration-tests test -Dtest=ObservabilityTest -D%s=true -->

                What `/metrics` of each service tells Prometheus. Timers are in seconds. Besides these, each has the JVM's
                memory and garbage collection and the process's CPU (`jvm_…`, `process_…`, `system_…`), as Micrometer names them.
                """
                        .formatted(REGENERATE));
        for (String service : List.of("teacher", "trainer", "registry")) {
            page.append("\n## reflux ")
                    .append(service)
                    .append("\n\n| name | kind | labels | what |\n|---|---|---|---|\n");
            Arrays.stream(Meter.values())
                    .filter(meter -> meter.id().startsWith("reflux." + service + "."))
                    .forEach(meter -> page.append("| `%s` | %s | %s | %s |%n"
                            .formatted(
                                    meter.prometheusName(),
                                    KINDS.get(meter.kind()),
                                    meter.tags().stream()
                                            .map(tag -> "`" + tag + "`")
                                            .collect(Collectors.joining(", ")),
                                    meter.description())));
        }
        return page.toString();
    }

    @Test
    void givenAMeter_whenTheServicesSourcesAreSearched_thenOneOfThemReallyHasIt() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String module : List.of("teacher-service", "student-trainer", "model-registry")) {
            try (Stream<Path> files = Files.walk(HOME.resolve(module))) {
                files.filter(file -> file.toString().matches(".*/src/main/java/.*\\.java"))
                        .forEach(file -> sources.add(read(file)));
            }
        }

        assertThat(Meter.values()).allSatisfy(meter -> assertThat(
                        sources.stream().anyMatch(text -> text.contains("Meter." + meter.name())))
                .as(meter.name())
                .isTrue());
    }

    @Test
    void givenTheAlertRules_whenTheirMetricsAreLookedUp_thenEachIsInAScrapeAndEachAlertIsExplained()
            throws IOException {
        List<Map<String, Object>> rules = rules();
        String explained = Files.readString(HOME.resolve("docs/observability.md"));

        assertThat(rules).hasSizeGreaterThan(10).allSatisfy(rule -> {
            String alert = (String) rule.get("alert");
            assertThat(metricsIn((String) rule.get("expr")))
                    .as(alert)
                    .isNotEmpty()
                    .isSubsetOf(scraped);
            assertThat(explained).contains("\n## " + alert + "\n");
            assertThat(((Map<?, ?>) rule.get("annotations")).get("runbook"))
                    .isEqualTo("docs/observability.md#" + alert.toLowerCase(java.util.Locale.ROOT));
        });
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rules() {
        Map<String, Object> file = new Yaml().load(read(RULES));
        return ((List<Map<String, Object>>) file.get("groups"))
                .stream()
                        .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
                        .toList();
    }

    @Test
    void givenTheDashboard_whenItsMetricsAreLookedUp_thenEachIsInAScrapeAndEveryMeterIsShown() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());

        List<String> expressions = dashboard.findValuesAsText("expr");

        Set<String> shown = expressions.stream()
                .flatMap(expression -> metricsIn(expression).stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(shown).isSubsetOf(scraped);
        assertThat(Meter.values())
                .allSatisfy(meter ->
                        assertThat(shown).as(meter.name()).anyMatch(name -> name.startsWith(meter.prometheusName())));
    }

    @Test
    void givenAnExpression_whenReadForMetrics_thenNamesOfFunctionsAndLabelsAreNone() {
        assertThat(metricsIn("sum by (reason) (rate(a_total{x=\"b_c\"}[5m])) > 0.01 * scalar(d) and on (job) up == 0"))
                .containsExactlyInAnyOrder("a_total", "d", UP);
    }

    private static Set<String> metricsIn(String expression) {
        String bare = LABELS.matcher(QUOTED.matcher(expression).replaceAll("")).replaceAll(" ");
        return NAME.matcher(bare)
                .results()
                .map(match -> match.group())
                .filter(name -> !WORDS.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
