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
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tokens that the API accepts. The token file holds their hashes only:
 * {@code {"tokens":[{"name":"car-7","role":"reader","vehicle":"car-7","sha256":"…"}]}}. Immutable; any thread.
 */
public final class Tokens {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TOKEN_BYTES = 32;
    private static final String VEHICLE = "vehicle";

    /**
     * The holder of a token.
     *
     * @param name name of the holder, which the history shows for each change
     * @param role role of the token
     * @param vehicle id of the vehicle that it may report for; a star stands for any characters
     */
    public record Holder(String name, Role role, String vehicle) {

        /** Returns whether the holder may report for a vehicle. */
        boolean reportsFor(String id) {
            String pattern =
                    Arrays.stream(vehicle.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
            return Pattern.compile(pattern, Pattern.DOTALL).matcher(id).matches();
        }
    }

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
                entries.add(
                        new Entry(holder(token), token.path("sha256").asText().getBytes(StandardCharsets.US_ASCII)));
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

    private static Holder holder(JsonNode token) {
        String name = token.path("name").asText();
        Role role = Role.of(token.path("role").asText());
        return new Holder(name, role, token.path(VEHICLE).asText(vehicleOf(name, role)));
    }

    /** Returns the vehicle of a token that names none: the one of its own name, and for an operator any. */
    private static String vehicleOf(String name, Role role) {
        return role == Role.ADMIN ? "*" : name;
    }

    /** Creates a token for the vehicle of the same name, or for an operator. */
    public static String add(Path file, String name, Role role) {
        return add(file, name, role, vehicleOf(name, role));
    }

    /**
     * Creates a token and adds its hash to a token file. Creates the file when it is absent.
     *
     * @param vehicle id of the vehicle that it may report for; a star stands for any characters
     * @return the token, which is stored nowhere
     * @throws UsageException when the file cannot be written
     */
    public static String add(Path file, String name, Role role, String vehicle) {
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
                    .put(VEHICLE, vehicle)
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
