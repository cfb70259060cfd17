package cli.render;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns as wide as their widest cell, three spaces between, as docker prints them. */
public final class Table {
    private static final int GAP = 3;

    private final List<String[]> rows = new ArrayList<>();

    /** Adds a row, or the headings. Rows may differ in length. */
    public void add(String... cells) {
        rows.add(cells);
    }

    /** The lines, each ended; no spaces at a line's end. */
    public String text() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            int pending = 0;
            for (int column = 0; column < row.length; column++) {
                if (!row[column].isEmpty()) {
                    spaces(text, pending);
                    text.append(row[column]);
                    pending = 0;
                }
                pending += widths[column] + GAP - width(row[column]);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private int[] widths() {
        int columns = 0;
        for (String[] row : rows) {
            columns = Math.max(columns, row.length);
        }
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], width(row[column]));
            }
        }
        return widths;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static void spaces(StringBuilder text, int count) {
        for (int i = 0; i < count; i++) {
            text.append(' ');
        }
    }
}
