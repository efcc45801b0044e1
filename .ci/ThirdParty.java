import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Prints the libraries of a CycloneDX bill of materials as a Markdown table, without the modules of Reflux. */
final class ThirdParty {

    private static final String OWN = "dev.reflux";
    /** Names that poms use for one license, by the SPDX identifier of that license. */
    private static final Map<String, String> SPDX = Map.of(
            "Apache License, Version 2.0", "Apache-2.0",
            "The Apache License, Version 2.0", "Apache-2.0",
            "Apache 2", "Apache-2.0",
            "BSD-style", "BSD-3-Clause",
            "The BSD License", "BSD-2-Clause");

    private ThirdParty() {}

    public static void main(String[] args) throws Exception {
        JsonNode bill = new ObjectMapper().readTree(Path.of(args[0]).toFile());
        Map<String, String> rows = new TreeMap<>();
        Map<String, Integer> licenses = new TreeMap<>();
        for (JsonNode component : bill.path("components")) {
            if (!component.path("group").asText().equals(OWN)) {
                String license = license(component);
                licenses.merge(license, 1, Integer::sum);
                rows.put(
                        component.path("group").asText() + ":" + component.path("name").asText(),
                        component.path("version").asText() + " | " + license);
            }
        }
        System.out.println("# Third-party libraries\n");
        System.out.println("The libraries that a release of Reflux contains, from its bill of materials. `.ci/third-party`");
        System.out.println("writes this file.\n");
        System.out.println("| license | libraries |\n|---|---|");
        licenses.forEach((license, count) -> System.out.println("| " + license + " | " + count + " |"));
        System.out.println("\n| library | version | license |\n|---|---|---|");
        rows.forEach((library, rest) -> System.out.println("| `" + library + "` | " + rest + " |"));
    }

    private static String license(JsonNode component) {
        List<String> names = new ArrayList<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode license = choice.path("license");
            String name = choice.path("expression").asText(license.path("id").asText(license.path("name").asText()));
            names.add(SPDX.getOrDefault(name, name));
        }
        return names.isEmpty() ? "not stated in its pom" : String.join(" or ", new TreeSet<>(names));
    }
}
