package dev.reflux.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text under a head, printed as Markdown whose columns are aligned: it is readable in a terminal and is
 * published unchanged. The first column is aligned to the left, the others to the right.
 */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... head) {
        rows.add(List.of(head));
    }

    /** @throws IllegalArgumentException if there are not as many cells as in the head */
    public Table row(String... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(cells.length + " cells under " + rows.get(0));
        }
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            text.append(line(rows.get(row)));
            if (row == 0) {
                text.append(rule());
            }
        }
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder("|");
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String space = " ".repeat(width(column) - cell.length());
            line.append(' ').append(column == 0 ? cell + space : space + cell).append(" |");
        }
        return line.append('\n').toString();
    }

    private String rule() {
        StringBuilder rule = new StringBuilder("|");
        for (int column = 0; column < rows.get(0).size(); column++) {
            rule.append("-".repeat(width(column) + 1)).append(column == 0 ? "-|" : ":|");
        }
        return rule.append('\n').toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
