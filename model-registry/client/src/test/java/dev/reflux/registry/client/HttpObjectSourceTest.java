package dev.reflux.registry.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class HttpObjectSourceTest {

    @Test
    void givenNothingListens_whenAModelIsLookedUp_thenTheAddressAndTheReasonAreNamed() throws IOException {
        URI nobody = closedPort();

        assertThatThrownBy(() -> new RegistryReader(new HttpObjectSource(nobody, "token")).resolve("student", "latest"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(nobody.toString())
                .hasMessageContaining("nothing accepts connections there")
                .hasMessageNotContaining("null");
    }

    private static URI closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }
}
