package dev.reflux.registry.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {

    /** The example of RFC 8785, section 3.2.2. */
    private static final String RFC_INPUT =
            """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
              "literals": [null, true, false]
            }""";

    /** Its canonical form, section 3.2.3. */
    private static final String RFC_OUTPUT = "{\"literals\":[null,true,false],"
            + "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";

    @Test
    void givenTheExampleOfTheRfc_whenWritten_thenItsBytesAreThoseOfTheRfc() throws IOException {
        JsonNode content = CanonicalJson.mapper().readTree(RFC_INPUT);

        byte[] bytes = CanonicalJson.write(content);

        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(RFC_OUTPUT);
    }

    @Property
    void givenAnyFiniteNumber_whenWrittenAndRead_thenItIsTheSameNumber(@ForAll double number) throws IOException {
        byte[] bytes = CanonicalJson.write(Map.of("number", number));

        JsonNode read = CanonicalJson.mapper().readTree(bytes);

        // RFC 8785 has one zero.
        assertThat(read.path("number").asDouble()).isEqualTo(number == 0 ? 0.0 : number);
        assertThat(CanonicalJson.write(read)).isEqualTo(bytes);
    }

    @Test
    void givenAnIntegerThatADoubleCannotHold_whenWritten_thenItIsRefused() {
        Map<String, Long> content = Map.of("offset", 1L << 53);

        assertThatThrownBy(() -> CanonicalJson.write(content))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The integer 9007199254740992 is beyond 2^53 - 1; write it as a text.");

        assertThat(CanonicalJson.write(Map.of("offset", (1L << 53) - 1)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"offset\":9007199254740991}");
    }
}
