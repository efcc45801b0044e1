package dev.reflux.registry.gate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.reflux.registry.gate.Decision.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decisions as entries of their journal. */
final class DecisionJson {

    private DecisionJson() {}

    static Map<String, Object> write(Decision decision) {
        return Map.of(
                "at",
                decision.at().toString(),
                "kind",
                decision.kind().name(),
                "version",
                decision.version(),
                "live",
                decision.live(),
                "reason",
                decision.reason(),
                "figures",
                decision.figures().stream()
                        .map(figure -> Map.of("name", figure.name(), "value", figure.value(), "least", figure.least()))
                        .toList());
    }

    static Decision read(JsonNode content) {
        List<Figure> figures = new ArrayList<>();
        for (JsonNode figure : content.path("figures")) {
            figures.add(new Figure(
                    figure.path("name").asText(),
                    figure.path("value").asDouble(Double.NaN),
                    figure.path("least").asDouble()));
        }
        return new Decision(
                Instant.parse(content.path("at").asText()),
                Kind.valueOf(content.path("kind").asText()),
                content.path("version").asLong(),
                content.path("live").asLong(),
                content.path("reason").asText(),
                figures);
    }
}
