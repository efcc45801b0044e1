package dev.reflux.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void givenRows_whenPrinted_thenItIsMarkdownWithAlignedColumns() {
        Table table = new Table("name", "ms").row("a", "10.25").row("longer", "7");

        String text = table.toString();

        assertThat(text)
                .isEqualTo(
                        """
                        | name   |    ms |
                        |--------|------:|
                        | a      | 10.25 |
                        | longer |     7 |
                        """);
    }

    @Test
    void givenARowOfAnotherWidth_whenAdded_thenItIsRefused() {
        Table table = new Table("name", "ms");

        assertThatThrownBy(() -> table.row("a")).isInstanceOf(IllegalArgumentException.class);
    }
}
