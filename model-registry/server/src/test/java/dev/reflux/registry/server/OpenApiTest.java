package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiTest {

    @TempDir
    Path directory;

    @Test
    void givenTheDocument_whenHeldAgainstTheRoutes_thenBothNameTheSameOperationsRolesAndParameters() throws Exception {
        Path file = Files.writeString(
                directory.resolve("tokens.json"),
                "{\"tokens\":[{\"name\":\"a\",\"role\":\"admin\",\"sha256\":\"00\"}]}");
        RegistryApi api = new RegistryApi(null, null, null, HttpSettings.loopback(Tokens.read(file)), null);

        JsonNode paths = new ObjectMapper().readTree(OpenApi.text()).path("paths");

        List<String> documented = new ArrayList<>();
        paths.properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            String role = operation.getValue().path("x-role").asText("nobody").toUpperCase(Locale.ROOT);
            documented.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey() + " " + role);
            List<String> inPath = new ArrayList<>();
            operation.getValue().path("parameters").forEach(parameter -> {
                if (parameter.path("in").asText().equals("path")) {
                    inPath.add("{" + parameter.path("name").asText() + "}");
                }
            });
            assertThat(inPath).allSatisfy(name -> assertThat(path.getKey()).contains(name));
            assertThat(inPath).hasSize(path.getKey().split("\\{").length - 1);
            assertThat(operation.getValue().path("summary").asText()).isNotEmpty();
        }));
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(api.routes().stream()
                        .map(route -> route.method() + " " + route.path() + " " + route.role())
                        .toList());
    }
}
