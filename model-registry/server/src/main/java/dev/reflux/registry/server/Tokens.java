package dev.reflux.registry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.reflux.common.failure.Cause;
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
import java.util.Optional;

/**
 * The tokens that the API accepts. The token file holds their hashes only:
 * {@code {"tokens":[{"name":"ops","role":"admin","sha256":"…"}]}}. Immutable; any thread.
 */
public final class Tokens {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOKEN_BYTES = 32;

    /**
     * The holder of a token.
     *
     * @param name name of the holder, which the history shows for each change
     * @param role role of the token
     */
    public record Holder(String name, Role role) {}

    private record Entry(Holder holder, byte[] sha256) {}

    private final List<Entry> entries;

    private Tokens(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads a token file.
     *
     * @throws UsageException when the file cannot be read or names no tokens
     */
    public static Tokens read(Path file) {
        List<Entry> entries = new ArrayList<>();
        try {
            for (JsonNode token : JSON.readTree(Files.readAllBytes(file)).path("tokens")) {
                entries.add(new Entry(
                        new Holder(
                                token.path("name").asText(),
                                Role.of(token.path("role").asText())),
                        token.path("sha256").asText().getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("The token file " + file + " cannot be read (" + Cause.of(e) + ").", e);
        }
        if (entries.isEmpty()) {
            throw new UsageException("The token file " + file
                    + " names no tokens; it should read {\"tokens\":[{\"name\":\"ops\",\"role\":\"admin\","
                    + "\"sha256\":\"HASH OF THE TOKEN\"}]}.");
        }
        return new Tokens(entries);
    }

    /**
     * Creates a token and adds its hash to a token file. Creates the file when it is absent.
     *
     * @return the token, which is stored nowhere
     * @throws UsageException when the file cannot be written
     */
    public static String add(Path file, String name, Role role) {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            JsonNode present = Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createObjectNode();
            ObjectNode root = present instanceof ObjectNode object ? object : JSON.createObjectNode();
            root.withArrayProperty("tokens")
                    .addObject()
                    .put("name", name)
                    .put("role", role.text())
                    .put("sha256", Sha256.hex(token.getBytes(StandardCharsets.UTF_8)));
            Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
            return token;
        } catch (IOException e) {
            throw new UsageException("The token file " + file + " cannot be written (" + Cause.of(e) + ").", e);
        }
    }

    /** Returns the holder of a token. Takes the same time for every token, so that no hash can be guessed bytewise. */
    Optional<Holder> holder(String token) {
        byte[] sha256 = Sha256.hex(token.getBytes(StandardCharsets.UTF_8)).getBytes(StandardCharsets.US_ASCII);
        Optional<Holder> found = Optional.empty();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.sha256(), sha256)) {
                found = Optional.of(entry.holder());
            }
        }
        return found;
    }
}
