package dev.reflux.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.cli.Arguments;
import dev.reflux.common.config.ConfigLoader;
import dev.reflux.teacher.TeacherConfig;
import dev.reflux.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever docs/kubernetes.md names is there: files, overlays, commands, options, settings, objects, alerts. */
class DocumentTest {

    private static final String TEXT = Manifests.read(Manifests.ROOT.resolve("docs/kubernetes.md"));
    private static final Pattern FILE = Pattern.compile("(?<![/\\w.])(?:k8s|containers)/[\\w./-]*\\w");
    private static final Pattern COMMAND = Pattern.compile("(?:\\./reflux|/opt/reflux/reflux) ([^`\n]+)");
    private static final Pattern KEY = Pattern.compile("`((?:teacher|trainer)\\.[a-z.-]+)`");
    private static final Pattern OBJECT = Pattern.compile("\\b(deployment|statefulset)/([\\w-]+)");
    private static final Pattern ALERT = Pattern.compile("\\bReflux[A-Z]\\w+");
    private static final Pattern LINK = Pattern.compile("\\]\\(([\\w.-]+\\.md)\\)");
    private static final Pattern TARGET = Pattern.compile("--target (\\S+)");

    @Test
    void givenTheFilesAndFoldersThatItNames_whenLookedFor_thenEachIsThereAndNoOverlayOrComponentIsLeftOut()
            throws IOException {
        Set<String> named = all(FILE, 0);

        assertThat(named).isNotEmpty().allSatisfy(path -> assertThat(Manifests.ROOT.resolve(path))
                .exists());
        assertThat(all(LINK, 1)).isNotEmpty().allSatisfy(page -> assertThat(Manifests.ROOT.resolve("docs/" + page))
                .exists());
        for (String kind : List.of("overlays", "components")) {
            try (Stream<Path> folders = Files.list(Manifests.HOME.resolve(kind))) {
                assertThat(folders.map(folder -> "k8s/" + kind + "/" + folder.getFileName())
                                .filter(folder -> !folder.matches("k8s/components/(gpu|ingress)")))
                        .isSubsetOf(named);
            }
        }
    }

    @Test
    void givenTheCommandsThatItShows_whenTheLauncherReadsThem_thenItKnowsEveryOption() {
        Set<String> commands = all(COMMAND, 1);

        assertThat(commands).hasSizeGreaterThanOrEqualTo(5);
        commands.forEach(command -> Arguments.parse(List.of(command.split(" "))));
    }

    @Test
    void givenTheSettingsThatItNames_whenLookedUp_thenEachIsOne() {
        Set<String> known = new TreeSet<>();
        for (Class<?> mapping : List.of(TeacherConfig.class, TrainerConfig.class)) {
            ConfigLoader.settings(mapping).forEach(setting -> known.add(setting.key()));
        }

        assertThat(all(KEY, 1)).isNotEmpty().isSubsetOf(known);
    }

    @Test
    void givenTheObjectsThatItAsksKubectlFor_whenLookedFor_thenTheLocalOverlayHasThem() {
        Set<String> there = Manifests.objects("local").stream()
                .map(object -> object.path("kind").asText().toLowerCase(Locale.ROOT) + "/" + Manifests.name(object))
                .collect(Collectors.toSet());

        assertThat(all(OBJECT, 0)).hasSizeGreaterThan(2).isSubsetOf(there);
    }

    @Test
    void givenTheAlertsAndImagesThatItNames_whenLookedFor_thenEachIsThere() {
        String rules = Manifests.read(Manifests.ROOT.resolve("containers/monitoring/alerts.yml"));
        String dockerfile = Manifests.read(Manifests.ROOT.resolve("containers/Dockerfile"));

        assertThat(all(ALERT, 0)).isNotEmpty().allSatisfy(alert -> assertThat(rules)
                .contains("alert: " + alert + "\n"));
        assertThat(all(TARGET, 1)).hasSize(4).allSatisfy(target -> assertThat(dockerfile)
                .contains(" AS " + target + "\n"));
    }

    private static Set<String> all(Pattern pattern, int group) {
        return pattern.matcher(TEXT)
                .results()
                .map(match -> match.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
