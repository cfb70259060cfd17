package cli.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The part of Go's text/template that people give to --format: text, {@code {{.A.B}}},
 * {@code {{(index .A 0).B}}}, docker's and Go's functions (see {@link TemplateFunctions}), pipes,
 * variables ({@code $x := …}), {@code if}, {@code else if}, {@code with}, {@code range}, comments, and
 * the marks that cut white space.
 */
public final class Template {

    /** A part of a template. */
    sealed interface Node {
        /** Text as it stands. */
        record Text(String text) implements Node {}

        /** {@code {{…}}} */
        record Action(Pipeline pipeline) implements Node {}

        /** {@code {{if}}}, with its {@code {{else if}}}s. */
        record If(List<Branch> branches, List<Node> otherwise) implements Node {}

        /** {@code {{with}}} */
        record With(Pipeline value, List<Node> body, List<Node> otherwise) implements Node {}

        /** {@code {{range}}}; a variable without a name is none. */
        record Range(String key, Pipeline elements, List<Node> body, List<Node> otherwise)
                implements Node {}
    }

    /** One condition of an {@code if}, and what follows if it holds. */
    record Branch(Pipeline condition, List<Node> body) {}

    /**
     * An expression whose value a variable may get.
     *
     * @param variable with its dollar sign; empty for none
     * @param declares whether the variable is new ({@code :=})
     */
    record Pipeline(String variable, boolean declares, Expression expression) {}

    /** What stands between braces. */
    sealed interface Expression {
        /** A string or number. */
        record Literal(Object value) implements Expression {}

        /** {@code .A.B}; the dot alone has no names. */
        record Field(List<String> names) implements Expression {}

        /** {@code $x.A.B} */
        record Variable(String name, List<String> names) implements Expression {}

        /** {@code (…).A.B} */
        record Member(Expression base, List<String> names) implements Expression {}

        /** {@code .Label "x"}: a look-up in what the field holds. */
        record Method(Expression.Field field, List<Expression> arguments) implements Expression {}

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
        return TemplateRun.of(nodes, value);
    }

    /** The same template printing what the map has for each field's name, for a table's headings. */
    public String headings(Map<String, String> headings) {
        StringBuilder text = new StringBuilder();
        for (Node node : nodes) {
            switch (node) {
                case Node.Text plain -> text.append(plain.text());
                case Node.Action action -> {
                    List<String> names = new ArrayList<>();
                    Expression expression = action.pipeline().expression();
                    if (expression instanceof Expression.Method method) {
                        text.append(heading(method));
                    }
                    collect(expression, names);
                    for (String name : names) {
                        text.append(headings.getOrDefault(name, heading(name)));
                    }
                }
                case Node.If ignored -> { }
                case Node.With ignored -> { }
                case Node.Range ignored -> { }
            }
        }
        return text.toString();
    }

    /** {@code CreatedAt} as {@code CREATED AT}. */
    private static String heading(String name) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            if (i > 0 && Character.isUpperCase(name.charAt(i))
                    && Character.isLowerCase(name.charAt(i - 1))) {
                words.append(' ');
            }
            words.append(Character.toUpperCase(name.charAt(i)));
        }
        return words.toString();
    }

    /** As docker has it: the last part of a label's name, its dashes as spaces. */
    private static String heading(Expression.Method method) {
        return method.arguments().getFirst() instanceof Expression.Literal(Object value)
                ? TemplateFunctions.text(value).replaceFirst(".*\\.", "").replace('-', ' ')
                        .replace('_', ' ')
                : heading(method.field().names().getLast());
    }

    private static void collect(Expression expression, List<String> names) {
        switch (expression) {
            case Expression.Literal ignored -> { }
            case Expression.Field field -> last(field.names(), names);
            case Expression.Variable variable -> last(variable.names(), names);
            case Expression.Member member -> collect(member.base(), names);
            case Expression.Method ignored -> { }
            case Expression.Function function -> {
                for (Expression argument : function.arguments()) {
                    collect(argument, names);
                }
            }
        }
    }

    private static void last(List<String> path, List<String> names) {
        if (!path.isEmpty()) {
            names.add(path.getLast());
        }
    }
}
