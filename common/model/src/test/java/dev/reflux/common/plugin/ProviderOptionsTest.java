package dev.reflux.common.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reflux.common.failure.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderOptionsTest {

    private static final String PREFIX = "trainer.loss.options";

    @Test
    void givenNumbers_whenRead_thenTheyAreReturnedAndAnAbsentOneIsTheStandard() {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("tau", "0.25", "pool", "3"));

        assertThat(options.positive("tau", 4)).isEqualTo(0.25);
        assertThat(options.positive("weight", 4)).isEqualTo(4);
        assertThat(options.count("pool", 2)).isEqualTo(3);
        assertThat(options.count("size", 2)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "much", ""})
    void givenNoPositiveNumber_whenRead_thenOneSentenceNamesTheKey(String text) {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("tau", text));

        assertThatThrownBy(() -> options.positive("tau", 1))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.loss.options.tau is \"" + text + "\" and must be a number above 0.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "0.5", "2147483648"})
    void givenNoWholeNumberOfAnInt_whenCounted_thenOneSentenceNamesTheKey(String text) {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("pool", text));

        assertThatThrownBy(() -> options.count("pool", 1))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.loss.options.pool is \"" + text + "\" and must be a whole number of at least 1.");
    }

    @Test
    void givenTheLargestInt_whenCounted_thenItIsTaken() {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("pool", "2147483647"));

        assertThat(options.count("pool", 1)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void givenKnownOptionsOnly_whenChecked_thenTheyAreReturned() {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("tau", "1"));

        assertThat(options.requireOnly("tau", "pool")).isSameAs(options);
    }

    @Test
    void givenUnknownOptions_whenChecked_thenOneSentenceNamesThemAndTheKnownOnes() {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("b", "1", "a", "1", "tau", "1"));

        assertThatThrownBy(() -> options.requireOnly("tau"))
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.loss.options.a, trainer.loss.options.b is not an option; its options are tau.");
    }

    @Test
    void givenAProviderWithoutOptions_whenOneIsGiven_thenTheSentenceSaysThatItHasNone() {
        ProviderOptions options = new ProviderOptions(PREFIX, Map.of("tau", "1"));

        assertThatThrownBy(options::requireOnly)
                .isInstanceOf(UsageException.class)
                .hasMessage("trainer.loss.options.tau is not an option; it has no options.");
    }
}
