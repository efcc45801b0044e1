package dev.reflux.k8s;

import static dev.reflux.k8s.Manifests.elements;
import static dev.reflux.k8s.Manifests.name;
import static dev.reflux.k8s.Manifests.ofKind;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.cli.Arguments;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.common.kafka.Topics;
import dev.reflux.k8s.Manifests.Running;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests say what the code says: names, ports, settings, arguments, topics, images, alerts. */
class ContractTest {

    private static final Pattern VARIABLE = Pattern.compile("REFLUX_[A-Z0-9_]+");
    private static final Pattern TARGET = Pattern.compile("^FROM \\S+ AS (\\S+)$", Pattern.MULTILINE);
    private static final String OURS = "reflux/";
    /** What whoever applies an overlay brings along; docs/kubernetes.md tells how. */
    private static final Set<String> BROUGHT =
            Set.of("reflux-store", "reflux-registry", "reflux-signing", "registry-tls");

    private static final String SIGNING_KEY = "REFLUX_TRAINER_PUBLISH_KEY_FILE";

    @TempDir
    private Path folder;

    static List<String> overlays() {
        return Manifests.overlays();
    }

    // ---- settings ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("overlays")
    void givenAContainer_whenItsVariablesAreLookedAt_thenEachIsASettingOfTheProgramInIt(String overlay)
            throws IOException {
        Set<String> known = known();

        List<String> strangers = Manifests.running(overlay).stream()
                .flatMap(running -> elements(running.container().path("env"))
                        .map(variable -> variable.path("name").asText())
                        .filter(name -> running.image().startsWith(OURS) && !known.contains(name))
                        .map(name -> running + ": " + name))
                .toList();

        assertThat(known).contains("REFLUX_TEACHER_KAFKA_BOOTSTRAP_SERVERS", "REFLUX_S3_ENDPOINT");
        assertThat(strangers).isEmpty();
    }

    private static String defaultOf(String key) {
        return ConfigLoader.settings(TeacherConfig.class).stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElseThrow()
                .defaultInWords();
    }

    /** Every key of both services, with its form as a file where it is a secret, and what commands read. */
    private static Set<String> known() throws IOException {
        Set<String> known = new HashSet<>();
        for (Class<?> mapping : List.of(TeacherConfig.class, TrainerConfig.class)) {
            ConfigLoader.settings(mapping).forEach(setting -> {
                known.add(setting.environmentVariable());
                if (setting.key().matches(".*(secret-key|access-key|password|token)")) {
                    known.add(setting.environmentVariable() + "_FILE");
                }
            });
        }
        for (String module : List.of("app", "model-registry/server")) {
            try (Stream<Path> sources = Files.walk(Manifests.ROOT.resolve(module + "/src/main/java"))) {
                sources.filter(Files::isRegularFile)
                        .flatMap(file -> VARIABLE.matcher(Manifests.read(file)).results())
                        .forEach(match -> known.add(match.group()));
            }
        }
        return known;
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenAService_whenItsFileAndVariablesAreLoaded_thenItsConfigurationIsInOrder(String overlay) throws Exception {
        for (Running running : Manifests.running(overlay)) {
            String command = running.container().path("args").path(0).asText();
            if (command.equals("teacher")) {
                TeacherConfig config = ConfigLoader.load(
                        TeacherConfig.class, file(overlay, running, command), environment(overlay, running), Map.of());

                assertThat(config.health().port()).isEqualTo(port(running, "health"));
                assertThat(config.kafka().bootstrapServers())
                        .isEqualTo(endpoints(overlay).path("kafka").asText());
                cardIsInTheImage(config.model().card());
                assertThat(config.compute().device()).isEqualTo(overlay.equals("gpu") ? "cuda:0" : "auto");
            } else if (command.equals("trainer")) {
                TrainerConfig config = ConfigLoader.load(
                        TrainerConfig.class, file(overlay, running, command), environment(overlay, running), Map.of());

                assertThat(config.health().port()).isEqualTo(port(running, "health"));
                cardIsInTheImage(config.student().card());
                assertThat(running.owner()
                                .at("/metadata/labels/reflux.dev~1model-line")
                                .asText())
                        .isEqualTo(config.student().name());
                assertThat(config.checkpoint().folder()).startsWith(mountOf(running, "state"));
                // A cluster for trying things has nobody's key.
                assertThat(config.publish().keyFile().isPresent()).isEqualTo(!overlay.equals("local"));
                assertThat(config.publish().requireSigned()).isEqualTo(!overlay.equals("local"));
                assertThat(config.compute().device()).isEqualTo(overlay.equals("gpu") ? "cuda:0" : "auto");
            }
        }
    }

    private Path file(String overlay, Running running, String command) throws IOException {
        JsonNode map = named(overlay, "ConfigMap", volume(running, "config", "/configMap/name"));
        Path file = folder.resolve(command + ".yaml");
        String mounted = mountOf(running, "config") + "/" + command + ".yaml";
        assertThat(elements(running.container().path("args")).map(JsonNode::asText))
                .contains(mounted);
        return Files.writeString(file, map.path("data").path(command + ".yaml").asText());
    }

    /** As the kubelet would fill it in; a secret's file lies where it is mounted. */
    private Map<String, String> environment(String overlay, Running running) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : running.container().path("env")) {
            JsonNode reference = variable.at("/valueFrom/configMapKeyRef");
            String value = reference.isMissingNode()
                    ? variable.path("value").asText()
                    : named(overlay, "ConfigMap", reference.path("name").asText())
                            .path("data")
                            .path(reference.path("key").asText())
                            .asText();
            String name = variable.path("name").asText();
            if (name.endsWith("_FILE")) {
                assertThat(value).startsWith(mountOf(running, name.equals(SIGNING_KEY) ? "signing-key" : "store-keys"));
                value = Files.writeString(folder.resolve("secret"), "a secret").toString();
            }
            assertThat(value).as(name).isNotEmpty();
            environment.put(name, value);
        }
        return environment;
    }

    private static void cardIsInTheImage(String card) {
        assertThat(card).startsWith("/opt/reflux/models/");
        assertThat(Manifests.ROOT.resolve(card.substring("/opt/reflux/".length())))
                .isRegularFile();
    }

    private static JsonNode endpoints(String overlay) {
        return ofKind(overlay, "ConfigMap")
                .filter(map -> name(map).startsWith("reflux-endpoints"))
                .map(map -> map.path("data"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenOneOfOurImages_whenItsArgumentsAreRead_thenTheLauncherKnowsThemAll(String overlay) {
        List<Running> ours = Manifests.running(overlay).stream()
                .filter(running -> running.image().startsWith(OURS))
                .toList();

        assertThat(ours).hasSizeGreaterThanOrEqualTo(3);
        ours.forEach(running -> Arguments.parse(
                elements(running.container().path("args")).map(JsonNode::asText).toList()));
    }

    // ---- images, names, ports ------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("overlays")
    void givenAnImage_whenLookedFor_thenTheDockerfileMakesItOrComposeUsesTheSame(String overlay) {
        Set<String> targets = TARGET.matcher(Manifests.read(Manifests.ROOT.resolve("containers/Dockerfile")))
                .results()
                .map(match -> OURS + match.group(1))
                .collect(Collectors.toSet());
        String versions = Manifests.read(Manifests.ROOT.resolve(".env"));

        assertThat(Manifests.running(overlay)).isNotEmpty().allSatisfy(running -> {
            String image = running.image();
            assertThat(targets.contains(image.replaceAll(":[^/]*$", "")) || versions.contains("=" + image + "\n"))
                    .as(image)
                    .isTrue();
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenReferences_whenFollowed_thenEachLeadsSomewhere(String overlay) {
        List<JsonNode> objects = Manifests.objects(overlay);
        Set<String> there = objects.stream()
                .map(object -> object.path("kind").asText() + "/" + name(object))
                .collect(Collectors.toSet());

        List<String> lost = Stream.of(
                        objects.stream()
                                .flatMap(object -> object.findValues("configMapKeyRef").stream())
                                .map(reference ->
                                        "ConfigMap/" + reference.path("name").asText()),
                        objects.stream()
                                .flatMap(object -> object.findValues("configMap").stream())
                                .map(reference ->
                                        "ConfigMap/" + reference.path("name").asText()),
                        objects.stream()
                                .flatMap(object -> object.findValues("secretKeyRef").stream())
                                .map(reference ->
                                        "Secret/" + reference.path("name").asText()),
                        objects.stream()
                                .flatMap(object -> object.findValuesAsText("secretName").stream())
                                .map(secret -> "Secret/" + secret),
                        objects.stream()
                                .flatMap(object -> object.findValuesAsText("serviceAccountName").stream())
                                .map(account -> "ServiceAccount/" + account),
                        ofKind(overlay, "StatefulSet")
                                .map(set ->
                                        "Service/" + set.at("/spec/serviceName").asText()),
                        ofKind(overlay, "ScaledObject")
                                .map(scaled -> "Deployment/"
                                        + scaled.at("/spec/scaleTargetRef/name").asText()))
                .flatMap(references -> references)
                .filter(reference -> !there.contains(reference))
                .filter(reference ->
                        overlay.equals("local") || !BROUGHT.contains(reference.substring(reference.indexOf('/') + 1)))
                .toList();

        assertThat(lost).isEmpty();
        assertThat(objects.stream()
                        .map(object -> object.at("/metadata/namespace").asText()))
                .filteredOn(namespace -> !namespace.isEmpty())
                .containsOnly("reflux");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenSelectors_whenHeldAgainstPods_thenEachFindsSomeAndPortsAreThere(String overlay) {
        List<Running> all = Manifests.running(overlay);

        Stream.concat(ofKind(overlay, "Service"), ofKind(overlay, "PodMonitor")).forEach(object -> {
            JsonNode selector = object.path("spec").path("selector");
            JsonNode labels = selector.has("matchLabels") ? selector.path("matchLabels") : selector;
            List<Running> found =
                    all.stream().filter(running -> matches(labels, running)).toList();
            assertThat(found).as(name(object)).isNotEmpty();
            Stream.concat(
                            elements(object.at("/spec/ports")).map(port -> port.path("targetPort")),
                            elements(object.at("/spec/podMetricsEndpoints")).map(endpoint -> endpoint.path("port")))
                    .forEach(port -> assertThat(found).as(name(object)).allSatisfy(running -> assertThat(
                                    port(running, port.asText()))
                            .isPositive()));
        });
        Stream.concat(ofKind(overlay, "NetworkPolicy"), ofKind(overlay, "PodDisruptionBudget"))
                .forEach(object -> {
                    JsonNode labels = object.path("spec")
                            .path(object.path("spec").has("podSelector") ? "podSelector" : "selector");
                    assertThat(all.stream().filter(running -> matches(labels.path("matchLabels"), running)))
                            .as(name(object))
                            .isNotEmpty();
                });
    }

    private static boolean matches(JsonNode labels, Running running) {
        JsonNode has = running.owner().at("/spec/template/metadata/labels");
        return labels.properties().stream()
                .allMatch(label -> has.path(label.getKey()).equals(label.getValue()));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenOneOfOurServices_whenItsProbesAreLookedAt_thenTheyAskForProgressAtThePortThatAnswers(String overlay) {
        List<Running> services = Manifests.running(overlay).stream()
                .filter(running -> List.of("teacher", "trainer", "registry")
                        .contains(running.container().path("name").asText()))
                .toList();

        assertThat(services).hasSize(3).allSatisfy(running -> {
            JsonNode container = running.container();
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/livez");
            assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/livez");
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
            for (String probe : List.of("livenessProbe", "startupProbe", "readinessProbe")) {
                assertThat(port(
                                running,
                                container.at("/" + probe + "/httpGet/port").asText()))
                        .isPositive();
            }
            assertThat(running.pod().path("terminationGracePeriodSeconds").asInt())
                    .isGreaterThanOrEqualTo(30);
        });
    }

    // ---- security ------------------------------------------------------------------------------------------------

    /** The "restricted" profile of the pod security standards, and a read-only root on top. */
    @ParameterizedTest
    @MethodSource("overlays")
    void givenAPod_whenItsRightsAreLookedAt_thenItHasAlmostNone(String overlay) {
        assertThat(Manifests.running(overlay)).isNotEmpty().allSatisfy(running -> {
            JsonNode pod = running.pod().path("securityContext");
            JsonNode container = running.container().path("securityContext");
            assertThat(pod.path("runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.path("runAsUser").asInt()).isPositive();
            assertThat(pod.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(container.path("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
            assertThat(running.pod().path("automountServiceAccountToken").asBoolean(true))
                    .isFalse();
            assertThat(running.pod().findValues("hostPath")).isEmpty();
            assertThat(running.container().at("/resources/limits/memory").asText())
                    .isNotEmpty();
        });
        assertThat(ofKind(overlay, "NetworkPolicy").map(Manifests::name)).contains("default-deny");
        assertThat(ofKind(overlay, "Namespace")
                        .map(space -> space.at("/metadata/labels/pod-security.kubernetes.io~1enforce")
                                .asText()))
                .containsExactly("restricted");
    }

    // ---- topics --------------------------------------------------------------------------------------------------

    @Test
    void givenStrimzisTopics_whenHeldAgainstThoseThatTheCodeMakes_thenTheyAreTheSame() {
        Map<String, JsonNode> topics = ofKind("production", "KafkaTopic")
                .collect(Collectors.toMap(topic -> topic.at("/spec/topicName").asText(), topic -> topic.path("spec")));
        int partitions = topics.get(Topics.FRAMES_LABELED).path("partitions").asInt();
        long week = 7L * 24 * 3600 * 1000;

        var wanted = Topics.wanted(new Topics.Plan(partitions, (short) 3, week));

        assertThat(topics.keySet()).containsExactlyInAnyOrderElementsOf(Topics.ALL);
        assertThat(wanted).allSatisfy(topic -> {
            JsonNode spec = topics.get(topic.name());
            assertThat(spec.path("partitions").asInt()).isEqualTo(topic.numPartitions());
            assertThat(spec.path("replicas").asInt()).isEqualTo(topic.replicationFactor());
            topic.configs().forEach((key, value) -> assertThat(
                            spec.path("config").path(key).asText())
                    .as(topic.name() + " " + key)
                    .isEqualTo(value));
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void givenWhatScalesTeachers_whenHeldAgainstTheTopic_thenItLooksAtTheirLagAndStopsAtThePartitions(String overlay) {
        Stream<JsonNode> scaled = ofKind(overlay, "ScaledObject");

        scaled.forEach(object -> {
            JsonNode trigger = object.at("/spec/triggers/0/metadata");
            assertThat(trigger.path("topic").asText()).isEqualTo(Topics.FRAMES_LABELED);
            assertThat(trigger.path("consumerGroup").asText()).isEqualTo(defaultOf("teacher.kafka.group"));
            assertThat(trigger.path("bootstrapServers"))
                    .isEqualTo(endpoints(overlay).path("kafka"));
            int partitions = ofKind(overlay, "KafkaTopic")
                    .filter(topic -> name(topic).equals(Topics.FRAMES_LABELED))
                    .findFirst()
                    .orElseThrow()
                    .at("/spec/partitions")
                    .asInt();
            assertThat(object.at("/spec/maxReplicaCount").asInt()).isEqualTo(partitions);
        });
        assertThat(ofKind(overlay, "ScaledObject").count()
                        + ofKind(overlay, "HorizontalPodAutoscaler").count())
                .isEqualTo(overlay.equals("local") ? 0 : 1);
    }

    @Test
    void givenTheLocalBroker_whenItsVariablesAreTranslated_thenEachIsASettingOfKafkaAndRecordsOfFullSizePass() {
        JsonNode variables = Manifests.running("local").stream()
                .filter(running -> running.image().startsWith("apache/kafka"))
                .findFirst()
                .orElseThrow()
                .container()
                .path("env");

        Map<String, String> settings = elements(variables)
                .collect(Collectors.toMap(
                        variable -> variable.path("name")
                                .asText()
                                .substring("KAFKA_".length())
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', '.'),
                        variable -> variable.path("value").asText()));

        assertThat(settings.keySet()).isSubsetOf(AbstractKafkaConfig.CONFIG_DEF.names());
        assertThat(AbstractKafkaConfig.CONFIG_DEF.parse(settings)).isNotEmpty();
        Topics.wanted(new Topics.Plan(1, (short) 1, -1)).stream()
                .map(topic -> topic.configs().get("max.message.bytes"))
                .filter(java.util.Objects::nonNull)
                .forEach(bytes -> assertThat(settings.get("message.max.bytes")).isEqualTo(bytes));
    }

    // ---- monitoring ----------------------------------------------------------------------------------------------

    @Test
    void givenTheAlertRules_whenHeldAgainstThoseOfCompose_thenTheyAreTheSame() {
        JsonNode rules = ofKind("production", "PrometheusRule")
                .findFirst()
                .orElseThrow()
                .path("spec")
                .path("groups");

        JsonNode compose = Manifests.parse(Manifests.read(Manifests.ROOT.resolve("containers/monitoring/alerts.yml")))
                .get(0)
                .path("groups");

        assertThat(rules).isEqualTo(compose);
    }

    // ---- looking things up ---------------------------------------------------------------------------------------

    private static JsonNode named(String overlay, String kind, String name) {
        return ofKind(overlay, kind)
                .filter(object -> name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(kind + " " + name));
    }

    private static int port(Running running, String name) {
        return elements(running.container().path("ports"))
                .filter(port -> port.path("name").asText().equals(name))
                .mapToInt(port -> port.path("containerPort").asInt())
                .findFirst()
                .orElseThrow(() -> new AssertionError(running + " has no port " + name));
    }

    private static String volume(Running running, String name, String at) {
        return elements(running.pod().path("volumes"))
                .filter(volume -> volume.path("name").asText().equals(name))
                .map(volume -> volume.at(at).asText())
                .findFirst()
                .orElseThrow();
    }

    private static String mountOf(Running running, String volume) {
        return elements(running.container().path("volumeMounts"))
                .filter(mount -> mount.path("name").asText().equals(volume))
                .map(mount -> mount.path("mountPath").asText())
                .findFirst()
                .orElseThrow();
    }
}
