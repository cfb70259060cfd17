package cli.render;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The part of Go's text/template that people give to --format: text, {@code {{.A.B}}}, functions
 * (json, join, len, upper, lower, title, println, index, split, truncate, pad, eq, ne, and, or, not),
 * pipes, {@code {{if}}…{{else}}…{{end}}} and {@code {{range}}…{{end}}}.
 */
public final class Template {

    /** A part of a template. */
    sealed interface Node {
        /** Text as it stands. */
        record Text(String text) implements Node {}

        /** {@code {{…}}} */
        record Action(Expression expression) implements Node {}

        /** {@code {{if}}} */
        record If(Expression condition, List<Node> then, List<Node> otherwise) implements Node {}

        /** {@code {{range}}} */
        record Range(Expression elements, List<Node> body, List<Node> otherwise) implements Node {}
    }

    /** What stands between braces. */
    sealed interface Expression {
        /** A string or number. */
        record Literal(Object value) implements Expression {}

        /** {@code .A.B}; the dot alone has no names. {@code root}: begins at the outermost value. */
        record Field(List<String> names, boolean root) implements Expression {}

        /** A function and its arguments. */
        record Function(String name, List<Expression> arguments) implements Expression {}
    }

    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * Reads a template. The two characters {@code \t} and {@code \n} stand for tab and new line.
     *
     * @throws TemplateException if it is malformed
     */
    public static Template parse(String text) {
        String unescaped = text.replace("\\t", "\t").replace("\\n", "\n");
        return new Template(new TemplateParser(unescaped).parse());
    }

    /**
     * Applies it to a value of {@link Json}'s kinds.
     *
     * @throws TemplateException if a field does not exist or a function cannot take its arguments
     */
    public String apply(Object value) {
        StringBuilder text = new StringBuilder();
        run(nodes, value, value, text);
        return text.toString();
    }

    /** The names of the fields it prints at the outermost level, for a table's headings. */
    public List<String> fieldNames() {
        List<String> names = new ArrayList<>();
        for (Node node : nodes) {
            if (node instanceof Node.Action action) {
                collect(action.expression(), names);
            }
        }
        return names;
    }

    /** The same template printing what the map has for each field's name, for a table's headings. */
    public String headings(Map<String, String> headings) {
        StringBuilder text = new StringBuilder();
        for (Node node : nodes) {
            switch (node) {
                case Node.Text plain -> text.append(plain.text());
                case Node.Action action -> {
                    List<String> names = new ArrayList<>();
                    collect(action.expression(), names);
                    for (String name : names) {
                        text.append(headings.getOrDefault(
                                name, name.toUpperCase(java.util.Locale.ROOT)));
                    }
                }
                case Node.If ignored -> { }
                case Node.Range ignored -> { }
            }
        }
        return text.toString();
    }

    private static void collect(Expression expression, List<String> names) {
        switch (expression) {
            case Expression.Literal ignored -> { }
            case Expression.Field field -> {
                if (!field.names().isEmpty()) {
                    names.add(field.names().getLast());
                }
            }
            case Expression.Function function -> {
                for (Expression argument : function.arguments()) {
                    collect(argument, names);
                }
            }
        }
    }

    private static void run(List<Node> nodes, Object dot, Object root, StringBuilder text) {
        for (Node node : nodes) {
            switch (node) {
                case Node.Text plain -> text.append(plain.text());
                case Node.Action action ->
                    text.append(TemplateFunctions.text(value(action.expression(), dot, root)));
                case Node.If branch -> run(
                        TemplateFunctions.isTrue(value(branch.condition(), dot, root))
                                ? branch.then() : branch.otherwise(), dot, root, text);
                case Node.Range range -> range(range, dot, root, text);
            }
        }
    }

    private static void range(Node.Range range, Object dot, Object root, StringBuilder text) {
        Object elements = value(range.elements(), dot, root);
        Collection<?> values = switch (elements) {
            case null -> List.of();
            case Map<?, ?> map -> map.values();
            case List<?> list -> list;
            default -> throw new TemplateException(
                    "range can't iterate over " + TemplateFunctions.text(elements));
        };
        if (values.isEmpty()) {
            run(range.otherwise(), dot, root, text);
        }
        for (Object element : values) {
            run(range.body(), element, root, text);
        }
    }

    private static Object value(Expression expression, Object dot, Object root) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Field field -> field(field, field.root() ? root : dot);
            case Expression.Function function -> {
                List<Object> arguments = new ArrayList<>();
                for (Expression argument : function.arguments()) {
                    arguments.add(value(argument, dot, root));
                }
                yield TemplateFunctions.call(function.name(), arguments);
            }
        };
    }

    private static Object field(Expression.Field field, Object start) {
        Object value = start;
        for (String name : field.names()) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new TemplateException("can't evaluate field " + name + " in "
                        + (value == null ? "nothing" : TemplateFunctions.text(value)));
            }
            if (!map.containsKey(name)) {
                throw new TemplateException("no field " + name + "; there are " + map.keySet());
            }
            value = map.get(name);
        }
        return value;
    }
}
