package dev.reflux.integration.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The table of modules in docs/architecture.md is what the poms say. */
class ModuleTableTest {

    private static final String OWN = "dev.reflux";

    @Test
    void givenThePoms_whenComparedWithTheTableOfModules_thenFoldersArtifactsAndDependenciesAreTheSame()
            throws Exception {
        Map<String, String> poms = new TreeMap<>();
        for (Path folder : modules(Page.HOME)) {
            Element project = pom(folder);
            if (!text(project, "packaging").equals("pom")) {
                poms.put(
                        Page.HOME.relativize(folder).toString(),
                        text(project, "artifactId") + " uses " + dependencies(project));
            }
        }

        Map<String, String> table = new TreeMap<>();
        for (List<String> row : Page.of("docs/architecture.md").table("folder")) {
            Set<String> uses = Stream.of(row.get(3).replace("`", "").split(",\\s*"))
                    .filter(name -> !name.equals("none"))
                    .collect(Collectors.toCollection(TreeSet::new));
            table.put(
                    row.get(0).replace("`", ""), row.get(1).replace("`", "") + " uses " + uses);
        }

        assertThat(table).isEqualTo(poms);
        assertThat(poms).hasSizeGreaterThan(15);
    }

    /** Returns the folders of all modules, from the parents' lists. */
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
