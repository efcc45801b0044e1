package dev.reflux.registry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The contract as a page of Markdown. */
final class HttpApiPage {

    private static final String INTRODUCTION =
            """
            # HTTP API of the registry

            <!-- Made from openapi.json; to make it anew:
                 %s -->

            `reflux registry` serves this API; [registry.md](registry.md) says how to start it and how to make tokens. The server
            itself returns the contract, an OpenAPI document, at `/v1/openapi.json`.

            * **Tokens.** Send `Authorization: Bearer TOKEN`. A token has a role: `reader`, or `admin`, which includes `reader`.
              It reports for its own vehicle only.
            * **Errors.** The body of an error is `{"error":"…"}` with one sentence that says what is wrong and what to do.
            * **Pages.** A list has at most `limit` items. When there are more, the answer has a header
              `Link: <ADDRESS>; rel="next"` with the address of the next page.
            * **ETags.** A request with `If-None-Match` gets 304 and no body while the content is the same.
            * **Limits.** A body has at most 64 KiB, the header of a request 16 KiB. The server closes a connection on which no whole
              request arrives within 10 seconds. It speaks HTTP/1.1.

            The examples need two variables:

            ```
            REGISTRY=https://registry:8088
            TOKEN=$(cat car-7.token)
            ```
            """;

    private final JsonNode document;
    private final String command;

    HttpApiPage(String document, String command) throws JsonProcessingException {
        this.document = new ObjectMapper().readTree(document);
        this.command = command;
    }

    String text() {
        StringBuilder page = new StringBuilder(INTRODUCTION.formatted(command));
        for (JsonNode tag : document.path("tags")) {
            String name = tag.path("name").asText();
            page.append("\n## %s\n\n%s.\n"
                    .formatted(capital(name), tag.path("description").asText()));
            document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                    .filter(operation ->
                            operation.getValue().path("tags").path(0).asText().equals(name))
                    .forEach(operation -> append(page, path.getKey(), operation)));
        }
        page.append("\n## Schemas\n");
        document.path("components").path("schemas").properties().stream()
                .filter(schema -> schema.getValue().has("properties"))
                .forEach(schema -> page.append("\n### Schema ")
                        .append(schema.getKey())
                        .append("\n\n")
                        .append(properties(schema.getValue())));
        return page.toString();
    }

    private void append(StringBuilder page, String path, Map.Entry<String, JsonNode> entry) {
        JsonNode operation = entry.getValue();
        page.append("\n### `%s %s`\n\n".formatted(entry.getKey().toUpperCase(Locale.ROOT), path))
                .append("%s. %s\n".formatted(operation.path("summary").asText(), role(operation)));
        if (operation.has("description")) {
            page.append('\n').append(operation.path("description").asText()).append('\n');
        }
        if (operation.has("parameters")) {
            page.append("\n| parameter | in | value | default | description |\n|---|---|---|---|---|\n");
            operation.path("parameters").forEach(parameter -> page.append(parameter(resolve(parameter))));
        }
        if (operation.has("requestBody")) {
            JsonNode body = operation.path("requestBody");
            page.append(
                    "\nBody%s: %s.\n".formatted(body.path("required").asBoolean() ? "" : " (optional)", content(body)));
        }
        page.append("\n| status | body | description |\n|---|---|---|\n");
        operation
                .path("responses")
                .properties()
                .forEach(response -> page.append(answer(response.getKey(), resolve(response.getValue()))));
        operation.path("x-codeSamples").forEach(sample -> page.append("\n```\n")
                .append(sample.path("source").asText())
                .append("\n```\n"));
    }

    private static String role(JsonNode operation) {
        JsonNode role = operation.path("security").path(0).path("token").path(0);
        return role.isMissingNode() ? "Needs no token." : "Role: `" + role.asText() + "`.";
    }

    private String parameter(JsonNode parameter) {
        JsonNode schema = resolve(parameter.path("schema"));
        return "| `%s` | %s | %s | %s | %s |\n"
                .formatted(
                        parameter.path("name").asText(),
                        parameter.path("in").asText(),
                        schema.path("description").asText(),
                        schema.has("default") ? "`" + schema.path("default").asText() + "`" : "",
                        parameter.path("description").asText());
    }

    private String answer(String status, JsonNode response) {
        String headers = response.path("headers").properties().stream()
                .map(header -> "`" + header.getKey() + "`")
                .collect(Collectors.joining(", "));
        return "| %s | %s | %s%s |\n"
                .formatted(
                        status,
                        response.has("content") ? content(response) : "",
                        response.path("description").asText(),
                        headers.isEmpty() ? "" : "; header " + headers);
    }

    private String content(JsonNode of) {
        Map.Entry<String, JsonNode> content =
                of.path("content").properties().iterator().next();
        return content.getKey().equals("application/json")
                ? type(content.getValue().path("schema"))
                : "`" + content.getKey() + "`";
    }

    /** Returns a link to a schema that has a section, or else a type. */
    private String type(JsonNode schema) {
        if (schema.has("$ref") && resolve(schema).has("properties")) {
            String name = schema.path("$ref").asText().replaceFirst(".*/", "");
            return "[%s](#schema-%s)".formatted(name, name.toLowerCase(Locale.ROOT));
        }
        JsonNode resolved = resolve(schema);
        return switch (resolved.path("type").asText()) {
            case "array" -> "list of " + type(resolved.path("items"));
            case "object" ->
                resolved.has("additionalProperties")
                        ? "object of " + type(resolved.path("additionalProperties")) + " by name"
                        : "object";
            default -> scalar(resolved);
        };
    }

    private static String scalar(JsonNode schema) {
        List<String> words = new ArrayList<>(List.of(schema.path("type").asText()));
        if (schema.has("format")) {
            words.add("(" + schema.path("format").asText() + ")");
        }
        if (schema.has("minimum")) {
            words.add("≥ " + schema.path("minimum").asText());
        }
        if (schema.has("maxLength")) {
            words.add("of at most " + schema.path("maxLength").asText() + " characters");
        }
        return String.join(" ", words);
    }

    private String properties(JsonNode schema) {
        StringBuilder table = new StringBuilder("| property | type | description |\n|---|---|---|\n");
        append(table, "", schema);
        return table.toString();
    }

    private void append(StringBuilder table, String prefix, JsonNode schema) {
        Set<String> required = StreamSupport.stream(schema.path("required").spliterator(), false)
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
        schema.path("properties").properties().forEach(property -> {
            JsonNode resolved = resolve(property.getValue());
            String name = prefix + property.getKey();
            table.append("| `%s`%s | %s | %s |\n"
                    .formatted(
                            name,
                            required.contains(property.getKey()) ? "" : " (optional)",
                            type(property.getValue()),
                            resolved.path("description").asText()));
            JsonNode nested = nested(property.getValue());
            append(table, name + (nested == property.getValue() ? "." : ".*."), nested);
        });
    }

    /** Returns the object of which a property consists, or has many, without a section of its own. */
    private static JsonNode nested(JsonNode schema) {
        if (schema.path("items").has("properties")) {
            return schema.path("items");
        }
        return schema.path("additionalProperties").has("properties") ? schema.path("additionalProperties") : schema;
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }
}
