package dev.reflux.registry.client;

import static dev.reflux.registry.client.BadServer.endless;
import static dev.reflux.registry.client.BadServer.ok;
import static dev.reflux.registry.client.BadServer.redirect;
import static dev.reflux.registry.client.BadServer.silent;
import static dev.reflux.registry.client.BadServer.text;
import static dev.reflux.registry.client.BadServer.trickling;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reflux.common.failure.UsageException;
import dev.reflux.registry.format.Artifact;
import dev.reflux.registry.format.Lineage;
import dev.reflux.registry.format.RegistryException;
import dev.reflux.registry.format.StudentVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server does, the answer is one sentence, within the deadline and within bounds. */
// A read that hangs ignores interrupts: the test must not wait for it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MisbehavingServerTest {

    private static final String KEY = "street/versions/00000001/manifest.json";
    private static final RegistryHttp IMPATIENT = new RegistryHttp(Duration.ofMillis(400), Duration.ofMillis(1));
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String CHUNK = "10000\r\n" + "x".repeat(0x10000) + "\r\n";

    static Stream<Arguments> manners() {
        return Stream.of(
                Arguments.of("silent before its head", silent(""), "cannot be reached (request timed out)"),
                Arguments.of("silent in mid-head", silent("HTTP/1.1 200 OK\r\nCont"), "(request timed out)"),
                Arguments.of("silent in mid-body", silent(HEAD + "some"), "no byte arrived for 400 ms"),
                Arguments.of("a byte now and then", trickling(HEAD, 60), "less than 1024 bytes arrived within 400 ms"),
                Arguments.of(
                        "a short body",
                        text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nshort"),
                        "cannot be reached ("),
                Arguments.of("an endless body", endless(CHUNKED, CHUNK), "goes on behind the 4194304 bytes"),
                Arguments.of(
                        "an endless body without chunks", endless("HTTP/1.1 200 OK\r\n\r\n", CHUNK), "goes on behind"),
                Arguments.of(
                        "endless headers",
                        endless("HTTP/1.1 200 OK\r\n", "X-More: " + "x".repeat(8000) + "\r\n"),
                        "cannot be reached ("),
                Arguments.of(
                        "a packed body",
                        text("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbomb"),
                        "packed as gzip, which was not asked for"),
                Arguments.of("no HTTP", text("SSH-2.0-OpenSSH_9.6\r\n\r\n"), "cannot be reached ("),
                Arguments.of("a chunk without a length", text(CHUNKED + "zz\r\nx"), "cannot be reached ("),
                Arguments.of(
                        "a redirect to a file", redirect("file:///etc/passwd"), "\"file:///etc/passwd\", which is no"),
                Arguments.of("a redirect to nowhere", redirect(""), "sends a request for " + KEY + " on to \"\""),
                Arguments.of("a redirect to no address", redirect("http://[bad"), "no address of a store"),
                Arguments.of(
                        "endless redirects",
                        redirect("/again"),
                        "answered 307 to a request for " + KEY
                                + " and sends it on to \"/again\", where nobody follows"),
                Arguments.of(
                        "a permanent redirect",
                        text("HTTP/1.1 301 Moved\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n"),
                        "answered 301"),
                Arguments.of("an error", text("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), "answered 500"),
                Arguments.of("busy for ever", text("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), "answered 503"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("manners")
    void givenAServerOfThatManner_whenAnObjectIsRead_thenItIsOneSentence(
            String name, BadServer.Manner manner, String expected) {
        try (BadServer server = new BadServer(manner);
                HttpObjectSource source = new HttpObjectSource(server.address(), "secret", IMPATIENT)) {

            Throwable failure = catchThrowable(() -> source.read(KEY));

            assertSentence(failure, expected);
        }
    }

    static Stream<Arguments> pollManners() {
        return Stream.of(
                Arguments.of("silent in mid-body", silent(HEAD + "{"), "no byte arrived for 400 ms"),
                Arguments.of("an endless body", endless(CHUNKED, CHUNK), "goes on behind the 65536 bytes"),
                Arguments.of("no JSON", ok("<html>"), "its answer is not JSON"),
                Arguments.of("another JSON", ok("[]"), "its answer names no version"),
                Arguments.of("a redirect", redirect("file:///etc/passwd"), "HTTP 307"),
                Arguments.of("busy", text("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), "HTTP 503"),
                Arguments.of("no alias", text("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), "has no alias champion"),
                Arguments.of(
                        "no token", text("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), "does not know the token"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pollManners")
    void givenAServerOfThatManner_whenAnAliasIsPolled_thenItIsOneSentence(
            String name, BadServer.Manner manner, String expected) {
        try (BadServer server = new BadServer(manner)) {
            AliasLongPoll poll = new AliasLongPoll(server.address(), "secret", "street", "champion", IMPATIENT);

            Throwable failure = catchThrowable(() -> poll.next(0, Duration.ZERO));

            assertSentence(failure, expected);
        }
    }

    private static void assertSentence(Throwable failure, String expected) {
        assertThat(failure)
                .isInstanceOfAny(StoreException.class, RegistryException.class, UsageException.class)
                .hasMessageContaining(expected);
        assertThat(failure.getMessage()).endsWith(".").doesNotContain("\n").doesNotContain("secret");
    }

    @Test
    void givenARedirectToAnotherHost_whenAnObjectIsRead_thenItComesFromThereAndTheTokenDoesNotGoThere() {
        try (BadServer elsewhere = new BadServer(ok("content"));
                BadServer server = new BadServer(redirect(elsewhere.address() + "/blob"));
                HttpObjectSource source = new HttpObjectSource(server.address(), "secret", IMPATIENT)) {

            Optional<byte[]> read = source.read(KEY);

            assertThat(read).contains("content".getBytes(StandardCharsets.UTF_8));
            assertThat(server.heads()).singleElement().asString().contains("Authorization: Bearer secret");
            assertThat(elsewhere.heads()).singleElement().asString().doesNotContain("secret");
        }
    }

    @Test
    void givenAListWithoutAnEnd_whenListed_thenASentenceSaysSo() {
        String page = "{\"objects\":[]}";
        try (BadServer server = new BadServer(
                        text("HTTP/1.1 200 OK\r\nLink: </v1/objects?more>; rel=\"next\"\r\nContent-Length: "
                                + page.length() + "\r\nConnection: close\r\n\r\n" + page));
                HttpObjectSource source = new HttpObjectSource(server.address(), "secret", IMPATIENT)) {

            Throwable failure = catchThrowable(() -> source.list("street/"));

            assertSentence(failure, "lists street/ without an end");
        }
    }

    @Test
    void givenANextPageOnAnotherHost_whenListed_thenTheTokenDoesNotGoThere() {
        String page = "{\"objects\":[{\"key\":\"a\",\"bytes\":1,\"modified\":\"2026-03-01T12:00:00Z\"}]}";
        try (BadServer elsewhere = new BadServer(ok(page));
                BadServer server = new BadServer(text("HTTP/1.1 200 OK\r\nLink: <" + elsewhere.address()
                        + "/more>; rel=\"next\"\r\nContent-Length: " + page.length() + "\r\nConnection: close\r\n\r\n"
                        + page));
                HttpObjectSource source = new HttpObjectSource(server.address(), "secret", IMPATIENT)) {

            source.list("street/");

            assertThat(elsewhere.heads()).isEmpty();
        }
    }

    @Test
    void givenAnEndlessStudent_whenDownloaded_thenTheDiskGetsNoMoreThanTheManifestNames(@TempDir Path folder) {
        StudentVersion.Blob blob = new StudentVersion.Blob("street/blobs/a", "a".repeat(64), 100_000);
        StudentVersion version = new StudentVersion(
                "street",
                1,
                Instant.EPOCH,
                "test",
                1,
                Map.of(Artifact.STUDENT, blob),
                new Lineage(0, "t", "h", "s", Map.of(), 1, 1),
                Map.of(),
                Map.of());
        try (BadServer server = new BadServer(endless(CHUNKED, CHUNK));
                HttpObjectSource source = new HttpObjectSource(server.address(), "secret", IMPATIENT)) {

            Throwable failure = catchThrowable(
                    () -> new StudentFiles(source).download(version, Artifact.STUDENT, folder.resolve("student.pt")));

            assertSentence(failure, "student.pt of street version 1 goes on behind the 100000 bytes");
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void givenALinkThatBreaksInMidFile_whenDownloaded_thenTheSentenceSaysHowFarItCame(@TempDir Path folder) {
        StudentVersion.Blob blob = new StudentVersion.Blob("street/blobs/a", "a".repeat(64), 1_000_000);
        StudentVersion version = new StudentVersion(
                "street",
                1,
                Instant.EPOCH,
                "test",
                1,
                Map.of(Artifact.STUDENT, blob),
                new Lineage(0, "t", "h", "s", Map.of(), 1, 1),
                Map.of(),
                Map.of());
        try (BadServer server = new BadServer(silent(HEAD + "x".repeat(5000)));
                HttpObjectSource source = new HttpObjectSource(server.address(), "secret", IMPATIENT)) {

            Throwable failure = catchThrowable(
                    () -> new StudentFiles(source).download(version, Artifact.STUDENT, folder.resolve("student.pt")));

            assertThat(failure).isInstanceOf(StoreException.class);
            assertSentence(failure, "broke off after 5000 of 1000000 bytes (no byte arrived for 400 ms)");
            assertThat(folder).isEmptyDirectory();
        }
    }
}
