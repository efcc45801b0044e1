package dev.reflux.integration.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.cli.Arguments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** What the documents name exists: pages, anchors, decisions, commands, files and types. */
class DocumentsTest {

    private static final Pattern DECISION = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");
    private static final Pattern INDEXED =
            Pattern.compile("^\\| \\[(\\d{4})\\]\\(([^)]+)\\) \\| (.+?) \\|", Pattern.MULTILINE);
    private static final Pattern WITHDRAWN = Pattern.compile("^\\| (\\d{4}) \\| \\*withdrawn\\*", Pattern.MULTILINE);
    private static final Pattern PATH = Pattern.compile(
            "(?:\\.ci|\\.github|common|containers|docs|examples|k8s|models|[a-z]+-[a-z]+)/[\\w./-]*\\w|[\\w.-]+\\.(?:yml|py)");
    private static final Pattern TYPE = Pattern.compile("(?:[A-Z][a-z0-9]+){2,}");
    private static final Pattern MESSAGE = Pattern.compile("^\\s*(?:message|enum) (\\w+)", Pattern.MULTILINE);
    /** Files that a command of the same page makes. */
    private static final Set<String> MADE = Set.of("target/dist", "teacher.yaml", "trainer.yaml");
    /** Types of libraries. */
    private static final Set<String> FOREIGN = Set.of(
            "ByteBuffer", "ScaledObject", "KafkaTopic", "ServiceLoader", "ConfigMap", "StatefulSet", "MobileNetV2");

    private static List<Page> pages;

    @BeforeAll
    static void read() throws IOException {
        pages = Page.all();
        assertThat(pages).hasSizeGreaterThan(50);
    }

    @Test
    void givenEveryPage_whenItsLinksAreFollowed_thenFileAndAnchorExist() {
        Map<Path, Page> byFile = pages.stream().collect(Collectors.toMap(Page::file, page -> page));
        List<String> broken = new ArrayList<>();

        int followed = 0;
        for (Page page : pages) {
            for (Page.Link link : page.links()) {
                followed++;
                Page target = byFile.get(link.file());
                if (!Files.exists(link.file())) {
                    broken.add(page.name() + ": no file " + link.target());
                } else if (!link.anchor().isEmpty()
                        && (target == null || !target.anchors().contains(link.anchor()))) {
                    broken.add(page.name() + ": no anchor " + link.target());
                }
            }
        }

        assertThat(broken).isEmpty();
        assertThat(followed).isGreaterThan(100);
    }

    @Test
    void givenTheDecisions_whenComparedWithTheirIndex_thenEveryNumberAndTitleIsListed() throws IOException {
        Path folder = Page.HOME.resolve("docs/adr");
        Map<Integer, String> titles = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                var name = DECISION.matcher(file.getFileName().toString());
                if (name.matches()) {
                    int number = Integer.parseInt(name.group(1));
                    String heading = new Page(file, Files.readString(file)).heading();
                    assertThat(heading).as(file.toString()).startsWith(number + ". ");
                    titles.put(number, heading.substring(heading.indexOf(' ') + 1));
                }
            }
        }
        String index = Page.of("docs/adr/README.md").text();

        Map<Integer, String> listed = new TreeMap<>();
        INDEXED.matcher(index).results().forEach(row -> {
            assertThat(row.group(2)).startsWith(row.group(1));
            listed.put(Integer.parseInt(row.group(1)), row.group(3));
        });

        Set<Integer> withdrawn = WITHDRAWN
                .matcher(index)
                .results()
                .map(row -> Integer.parseInt(row.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(listed).isEqualTo(titles);
        assertThat(withdrawn).doesNotContainAnyElementsOf(titles.keySet());
        withdrawn.addAll(titles.keySet());
        assertThat(withdrawn)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, Collections.max(withdrawn))
                        .boxed()
                        .toList());
    }

    @Test
    void givenEveryPage_whenTheLauncherReadsTheCommandsThatItShows_thenItAcceptsEach() {
        List<String> refused = new ArrayList<>();
        int read = 0;
        for (Page page : pages) {
            for (String line : page.blockLines()) {
                Optional<CommandLine> command = CommandLine.of(line);
                read += command.isPresent() ? 1 : 0;
                command.flatMap(one -> refusal(one.arguments(), one.shortened()))
                        .ifPresent(why -> refused.add(page.name() + ": " + line + ": " + why));
            }
            for (String code : page.inlineCode()) {
                Optional<CommandLine> command = code.contains("|") ? Optional.empty() : CommandLine.of(code);
                command.filter(one -> !one.arguments().get(0).equals("COMMAND"))
                        .flatMap(one -> refusal(one.arguments(), true))
                        .ifPresent(why -> refused.add(page.name() + ": " + code + ": " + why));
            }
        }

        assertThat(refused).isEmpty();
        assertThat(read).isGreaterThan(50);
    }

    @Test
    void givenTheFilesAndTypesThatPagesName_whenLookedFor_thenEachExists() throws IOException {
        Set<String> types = types();
        List<String> missing = new ArrayList<>();
        int found = 0;
        for (Page page : pages) {
            if (page.name().equals("CHANGELOG.md")) {
                continue; // it names what former versions had
            }
            for (String code : page.inlineCode()) {
                String path = code.replaceFirst("^\\./", "");
                if (PATH.matcher(path).matches() && !MADE.contains(path)) {
                    found++;
                    if (!Files.exists(Page.HOME.resolve(path))
                            && !Files.exists(page.file().resolveSibling(path))) {
                        missing.add(page.name() + ": no file " + code);
                    }
                } else if (TYPE.matcher(code).matches() && !FOREIGN.contains(code)) {
                    found++;
                    if (!types.contains(code)) {
                        missing.add(page.name() + ": no type " + code);
                    }
                }
            }
        }

        assertThat(missing).isEmpty();
        assertThat(found).isGreaterThan(50);
    }

    /** Returns why the launcher refuses the arguments; a missing one is no reason where the page shortens the command. */
    private static Optional<String> refusal(List<String> arguments, boolean shortened) {
        try {
            Arguments.parse(arguments);
            return Optional.empty();
        } catch (MissingParameterException e) {
            return shortened ? Optional.empty() : Optional.of(e.getMessage());
        } catch (ParameterException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static Set<String> types() throws IOException {
        Set<String> types = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Page.HOME)) {
            for (Path file :
                    files.filter(file -> !file.toString().contains("/target/")).toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java")) {
                    types.add(name.replace(".java", ""));
                } else if (name.endsWith(".proto")) {
                    Page.in(file, MESSAGE).forEach(message -> types.add(message.group(1)));
                }
            }
        }
        return types;
    }
}
