package dev.reflux.integration.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The table of modules in docs/architecture.md is what the poms say. */
class ModuleTableTest {

    private static final String OWN = "dev.reflux";
    private static final String PAGE = "docs/architecture.md";
    private static final String HEADER = "| folder | artifact | purpose | uses |\n|---|---|---|---|\n";
    private static final String REGENERATE = "reflux.regenerate";

    @Test
    void givenThePoms_whenComparedWithTheTableOfModules_thenFoldersPurposesAndDependenciesAreTheSame()
            throws Exception {
        List<String> rows = new ArrayList<>();
        for (Path folder : modules(Page.HOME)) {
            Element project = pom(folder);
            if (!text(project, "packaging").equals("pom")) {
                rows.add("| `%s` | `%s` | %s | %s |"
                        .formatted(
                                Page.HOME.relativize(folder),
                                text(project, "artifactId"),
                                text(project, "description"),
                                cell(dependencies(project))));
            }
        }
        if (Boolean.getBoolean(REGENERATE)) {
            Page page = Page.of(PAGE);
            String before = page.text().substring(0, page.text().indexOf(HEADER) + HEADER.length());
            String after = page.text().substring(before.length()).replaceFirst("(?s)^(\\|[^\\n]*\\n)*", "");
            Files.writeString(page.file(), before + String.join("\n", rows) + "\n" + after);
        }

        String table = Page.of(PAGE).text().split(Pattern.quote(HEADER), 2)[1];

        assertThat(table.lines().takeWhile(line -> line.startsWith("|")))
                .as("./mvnw -pl integration-tests -am test -Dtest=ModuleTableTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -D" + REGENERATE + "=true")
                .containsExactlyElementsOf(rows)
                .hasSizeGreaterThan(15);
    }

    /** Returns the folders of all modules, in the order of the parents' lists. */
    private static List<Path> modules(Path folder) throws Exception {
        List<Path> folders = new ArrayList<>();
        for (Element list : children(pom(folder), "modules")) {
            for (Element module : children(list, "module")) {
                Path child = folder.resolve(module.getTextContent().strip());
                folders.add(child);
                folders.addAll(modules(child));
            }
        }
        return folders;
    }

    /** Returns the artifacts of this build that a module compiles or runs with. */
    private static Set<String> dependencies(Element project) {
        Set<String> names = new TreeSet<>();
        for (Element list : children(project, "dependencies")) {
            for (Element one : children(list, "dependency")) {
                if (text(one, "groupId").equals(OWN) && !text(one, "scope").equals("test")) {
                    names.add(text(one, "artifactId"));
                }
            }
        }
        return names;
    }

    private static String cell(Set<String> names) {
        return names.isEmpty()
                ? "-"
                : names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    private static Element pom(Path folder) throws Exception {
        try (var in = Files.newInputStream(folder.resolve("pom.xml"))) {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getDocumentElement();
        }
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            Node node = nodes.item(i);
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
