package dev.reflux.common.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CauseTest {

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\n  b", "a\u0000b", "a\u001bb", "a\u0085b", "a\u2028b", "a\u009bb"})
    void givenANameWithAControlCharacter_whenItIsToldOf_thenItStaysInOneLine(String name) {
        UsageException told = new UsageException("The key " + name + " is not known.");

        assertThat(told).hasMessage("The key a b is not known.");
    }

    @Test
    void givenANameOfAMegabyte_whenItIsToldOf_thenBothEndsOfTheSentenceStay() {
        UsageException told = new UsageException("The key " + "a".repeat(1 << 20) + " is not known.");

        assertThat(told.getMessage())
                .startsWith("The key aaa")
                .endsWith("aaa is not known.")
                .hasSize(Cause.LONGEST_SENTENCE);
    }
}
