package dev.reflux.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of the HTTP API is made from the contract. */
class HttpApiPageTest {

    private static final Path PAGE = Path.of("../../docs/http-api.md");

    /** Makes the page anew instead of comparing it. */
    private static final String REGENERATE = "reflux.regenerate";

    private static final String COMMAND =
            "./mvnw -pl model-registry/server -am test -Dtest=HttpApiPageTest -Dsurefire.failIfNoSpecifiedTests=false -D"
                    + REGENERATE + "=true";

    @Test
    void givenTheContract_whenThePageIsMadeAnew_thenItIsTheOneThatIsThere() throws Exception {
        String page = new HttpApiPage(ApiContract.document(), COMMAND).text();
        if (Boolean.getBoolean(REGENERATE)) {
            Files.writeString(PAGE, page);
        }

        String present = Files.readString(PAGE);

        assertThat(present).as(COMMAND).isEqualTo(page);
    }
}
