package cli.command;

import cli.render.Json;
import cli.render.Table;
import cli.render.Template;
import cli.render.TemplateException;
import cli.render.Yaml;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows printed as the user wants them: a table, JSON, YAML, a template, or one column. */
final class Listing {

    /**
     * A column of the table.
     *
     * @param heading in capitals
     * @param field   of the row
     * @param wide    only with -o wide
     */
    record Column(String heading, String field, boolean wide) {}

    private static final String LABEL = "Label";

    private final Column[] columns;
    private final String quietField;

    /** @param quietField the field that --quiet prints */
    Listing(String quietField, Column... columns) {
        this.quietField = quietField;
        this.columns = columns;
    }

    /** Adds the options that choose the form. */
    static Syntax addTo(Syntax syntax) {
        return syntax.flag('q', "quiet", "Only print ids")
                .flag("no-trunc", "Do not shorten ids and commands")
                .value("format", "string", "\"table\", \"json\", or a template like {{.ID}}")
                .value('o', "output", "string", "\"json\", \"yaml\", \"wide\" or \"table\"");
    }

    /** Whether rows will be lines of a table, so that a cell may have marks for the eye. */
    static boolean isTable(Arguments arguments) {
        String format = arguments.value("format");
        String output = arguments.value("output");
        return (format.isEmpty() || format.startsWith("table"))
                && (output.isEmpty() || output.equals("wide") || output.equals("table"));
    }

    /** Prints rows; each has a value for every column's field, and may have more. */
    void print(List<Map<String, Object>> rows, Arguments arguments, Console console)
            throws UsageException, IOException {
        console.print(text(rows, arguments));
    }

    /** The same as text. */
    String text(List<Map<String, Object>> rows, Arguments arguments) throws UsageException {
        String output = arguments.value("output");
        String format = arguments.value("format");
        if (arguments.isOn("quiet")) {
            StringBuilder text = new StringBuilder();
            for (Map<String, Object> row : rows) {
                text.append(row.get(quietField)).append('\n');
            }
            return text.toString();
        }
        return switch (output) {
            case "json" -> Json.indented(new ArrayList<>(data(rows))) + "\n";
            case "yaml" -> Yaml.text(new ArrayList<>(data(rows)));
            case "", "wide", "table" -> formatted(rows, format, output.equals("wide"));
            default -> throw Arguments.invalid("output", output,
                    "expected json, yaml, wide or table");
        };
    }

    /** What a template's {@code {{.Label "name"}}} looks in; no part of the data itself. */
    static void labels(Map<String, Object> row, Map<String, String> labels) {
        row.put(LABEL, labels);
    }

    /** Rows without what is only for templates. */
    static List<Map<String, Object>> data(List<Map<String, Object>> rows) {
        List<Map<String, Object>> data = new ArrayList<>();
        for (Map<String, Object> row : rows) {
            Map<String, Object> copy = new LinkedHashMap<>(row);
            copy.remove(LABEL);
            data.add(copy);
        }
        return data;
    }

    private String formatted(List<Map<String, Object>> rows, String format, boolean wide)
            throws UsageException {
        if (format.isEmpty() || format.equals("table")) {
            return table(rows, wide);
        }
        if (!format.equals("json")) {
            return templated(rows, format);
        }
        StringBuilder lines = new StringBuilder();
        for (Map<String, Object> row : data(rows)) {
            lines.append(Json.compact(row)).append('\n');
        }
        return lines.toString();
    }

    private String table(List<Map<String, Object>> rows, boolean wide) {
        Table table = new Table();
        int count = 0;
        for (Column column : columns) {
            count += wide || !column.wide() ? 1 : 0;
        }
        String[] headings = new String[count];
        int place = 0;
        for (Column column : columns) {
            if (wide || !column.wide()) {
                headings[place++] = column.heading();
            }
        }
        table.add(headings);
        for (Map<String, Object> row : rows) {
            String[] cells = new String[count];
            place = 0;
            for (Column column : columns) {
                if (wide || !column.wide()) {
                    cells[place++] = row.get(column.field()).toString();
                }
            }
            table.add(cells);
        }
        return table.text();
    }

    private String templated(List<Map<String, Object>> rows, String format) throws UsageException {
        boolean table = format.startsWith("table ");
        try {
            Template template = Template.parse(table ? format.substring(6) : format);
            if (!table) {
                StringBuilder text = new StringBuilder();
                for (Map<String, Object> row : rows) {
                    text.append(template.apply(row)).append('\n');
                }
                return text.toString();
            }
            Map<String, String> headings = new HashMap<>();
            for (Column column : columns) {
                headings.put(column.field(), column.heading());
            }
            Table aligned = new Table();
            aligned.add(template.headings(headings).split("\t", -1));
            for (Map<String, Object> row : rows) {
                aligned.add(template.apply(row).split("\t", -1));
            }
            return aligned.text();
        } catch (TemplateException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
