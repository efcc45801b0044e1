package dev.reflux.registry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.UsageException;
import dev.reflux.common.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who may come in. The file holds hashes, so that reading it lets nobody in:
 * {@code {"tokens":[{"name":"ops","role":"admin","sha256":"…"}]}}.
 */
public final class Tokens {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A token's bearer.
     *
     * @param name stands in the history of what it does
     */
    public record Bearer(String name, Role role) {}

    private record Known(Bearer bearer, byte[] sha256) {}

    private final List<Known> known;

    private Tokens(List<Known> known) {
        this.known = List.copyOf(known);
    }

    /** @throws UsageException when the file holds no tokens */
    public static Tokens read(Path file) {
        List<Known> known = new ArrayList<>();
        try {
            for (JsonNode token : JSON.readTree(Files.readAllBytes(file)).path("tokens")) {
                known.add(new Known(
                        new Bearer(
                                token.path("name").asText(),
                                Role.valueOf(token.path("role").asText().toUpperCase(Locale.ROOT))),
                        token.path("sha256").asText().getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("The token file " + file + " cannot be read (" + e.getMessage() + ").", e);
        }
        if (known.isEmpty()) {
            throw new UsageException("The token file " + file
                    + " names no tokens; it should read {\"tokens\":[{\"name\":\"ops\",\"role\":\"admin\","
                    + "\"sha256\":\"HASH OF THE TOKEN\"}]}.");
        }
        return new Tokens(known);
    }

    /**
     * Makes a token and adds its hash to a file, which is made when absent.
     *
     * @return the token, which stands nowhere else
     */
    public static String add(Path file, String name, Role role) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            JsonNode there = Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createObjectNode();
            ObjectNode root = there instanceof ObjectNode object ? object : JSON.createObjectNode();
            root.withArrayProperty("tokens")
                    .addObject()
                    .put("name", name)
                    .put("role", role.name().toLowerCase(Locale.ROOT))
                    .put("sha256", Sha256.hex(token.getBytes(StandardCharsets.UTF_8)));
            Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
            return token;
        } catch (IOException e) {
            throw new UsageException("The token file " + file + " cannot be written (" + e.getMessage() + ").", e);
        }
    }

    /** Looks at every token, whichever it is, in the same time. */
    Optional<Bearer> bearer(String token) {
        byte[] sha256 = Sha256.hex(token.getBytes(StandardCharsets.UTF_8)).getBytes(StandardCharsets.US_ASCII);
        Optional<Bearer> found = Optional.empty();
        for (Known one : known) {
            if (MessageDigest.isEqual(one.sha256(), sha256)) {
                found = Optional.of(one.bearer());
            }
        }
        return found;
    }
}
