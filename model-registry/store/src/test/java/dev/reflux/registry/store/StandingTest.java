package dev.reflux.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.format.AliasChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandingTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1           | ''    | ''",
                "1 2 3       | 1 2   | ''",
                "1 2 3 2     | 1     | 3",
                "1 2 3 1     | ''    | 2 3",
                "1 2 3 2 4   | 1 2   | 3",
                "3 5 3 6     | 3     | 5",
                "3 5 3 5     | 3     | ''",
                "2 2 2       | ''    | ''",
            })
    void givenChangesOfAnAlias_whenRead_thenThisIsBeforeItAndThisWasTakenBack(
            String versions, String before, String takenBack) {
        List<AliasChange> changes = new ArrayList<>();
        numbers(versions)
                .forEach(version ->
                        changes.add(new AliasChange(changes.size() + 1, version, 9, Instant.EPOCH, "ops", "")));

        Standing standing = Standing.of(changes);

        assertThat(standing.before()).isEqualTo(numbers(before));
        assertThat(standing.takenBack()).isEqualTo(Set.copyOf(numbers(takenBack)));
    }

    @Test
    void givenNoChange_whenRead_thenThereIsNothing() {
        assertThat(Standing.of(List.of())).isEqualTo(new Standing(List.of(), Set.of()));
    }

    private static List<Long> numbers(String text) {
        return Arrays.stream(text.split(" "))
                .filter(word -> !word.isEmpty())
                .map(Long::valueOf)
                .toList();
    }
}
