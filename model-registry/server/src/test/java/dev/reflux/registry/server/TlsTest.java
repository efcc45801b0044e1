package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {

    @TempDir
    private Path directory;

    @Test
    void givenACertificate_whenServed_thenItSpeaksTls() throws Exception {
        KeyStore keys = selfSigned("keys");
        HttpSettings.Tls tls = new HttpSettings.Tls(
                pem("CERTIFICATE", keys.getCertificate("k").getEncoded()),
                pem("PRIVATE KEY", keys.getKey("k", "changeit".toCharArray()).getEncoded()));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);

        try (ServedRegistry served = ServedRegistry.start(directory, tls)) {
            HttpResponse<String> up = HttpClient.newBuilder()
                    .sslContext(context)
                    .build()
                    .send(
                            HttpRequest.newBuilder(served.address("/healthz")).build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(served.server().address().getScheme()).isEqualTo("https");
            assertThat(up.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void givenTheKeyOfAnotherCertificate_whenServed_thenASentenceNamesBothFiles() throws Exception {
        HttpSettings.Tls mixed = new HttpSettings.Tls(
                pem("CERTIFICATE", selfSigned("one").getCertificate("k").getEncoded()),
                pem(
                        "PRIVATE KEY",
                        selfSigned("other")
                                .getKey("k", "changeit".toCharArray())
                                .getEncoded()));

        assertThatThrownBy(() -> ServedRegistry.start(directory, mixed))
                .isInstanceOf(UsageException.class)
                .hasMessage("The key in " + mixed.key() + " does not belong to the certificate in "
                        + mixed.certificate() + "; give the key that the certificate was made for.");
    }

    private KeyStore selfSigned(String name) throws Exception {
        Path file = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "k",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
    }

    private Path pem(String what, byte[] der) throws Exception {
        return Files.writeString(
                directory.resolve(what.replace(' ', '-') + ".pem"),
                "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }
}
