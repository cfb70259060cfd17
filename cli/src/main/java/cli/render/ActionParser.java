package cli.render;

import cli.render.Template.Expression;
import cli.render.Template.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what stands between the braces of a {@link Template}. */
final class ActionParser {
    private static final int DEPTH_LIMIT = 50;
    private static final Pattern ASSIGNMENT = Pattern.compile("(\\$[A-Za-z0-9_]+)\\s*(:?=)\\s*");
    private static final Pattern KEY = Pattern.compile("(\\$[A-Za-z0-9_]+)\\s*,\\s*(?=\\$)");

    private final String action;
    private int at;
    private int depth;

    ActionParser(String action) {
        this.action = action;
    }

    /** The variable for keys that {@code range $key, $value := …} names; empty if it names none. */
    String rangeKey() {
        Matcher key = KEY.matcher(action);
        if (!key.lookingAt()) {
            return "";
        }
        at = key.end();
        return key.group(1);
    }

    /** All the rest. */
    Pipeline pipeline() {
        skipSpaces();
        Matcher assignment = ASSIGNMENT.matcher(action).region(at, action.length());
        String variable = "";
        boolean declares = false;
        if (assignment.lookingAt()) {
            variable = assignment.group(1);
            declares = assignment.group(2).equals(":=");
            at = assignment.end();
        }
        Expression expression = expression();
        if (at < action.length()) {
            throw unexpected(action.substring(at));
        }
        return new Pipeline(variable, declares, expression);
    }

    private TemplateException unexpected(String text) {
        return new TemplateException("unexpected \"" + text + "\" in {{" + action + "}}");
    }

    private Expression expression() {
        Expression result = command(null);
        skipSpaces();
        while (at < action.length() && action.charAt(at) == '|') {
            at++;
            result = command(result);
            skipSpaces();
        }
        return result;
    }

    /** A value, or a function with its arguments; what was piped in comes last. */
    private Expression command(Expression piped) {
        skipSpaces();
        if (at >= action.length()) {
            throw new TemplateException("missing value in {{" + action + "}}");
        }
        boolean named = Character.isLetter(action.charAt(at));
        Expression first = operand();
        List<Expression> arguments = new ArrayList<>();
        skipSpaces();
        while (at < action.length() && action.charAt(at) != '|' && action.charAt(at) != ')') {
            arguments.add(operand());
            skipSpaces();
        }
        if (piped != null) {
            arguments.add(piped);
        }
        if (named && first instanceof Expression.Function function) {
            return new Expression.Function(function.name(), arguments);
        }
        if (arguments.isEmpty()) {
            return first;
        }
        if (piped == null && first instanceof Expression.Field field && !field.names().isEmpty()) {
            return new Expression.Method(field, arguments);
        }
        throw new TemplateException((piped == null ? "arguments for" : "a pipe into")
                + " what is no function in {{" + action + "}}");
    }

    private Expression operand() {
        char first = action.charAt(at);
        if (first == '(') {
            Expression inner = parenthesized();
            List<String> names = names();
            return names.isEmpty() ? inner : new Expression.Member(inner, names);
        }
        if (first == '"' || first == '`') {
            return string(first);
        }
        if (first == '.') {
            return new Expression.Field(names());
        }
        if (first == '$') {
            int start = at++;
            word();
            String name = action.substring(start, at);
            return new Expression.Variable(name, names());
        }
        if (first == '-' || Character.isDigit(first)) {
            return number();
        }
        String name = word();
        return switch (name) {
            case "true" -> new Expression.Literal(true);
            case "false" -> new Expression.Literal(false);
            case "nil" -> new Expression.Literal(null);
            case "" -> throw unexpected(Character.toString(first));
            default -> {
                TemplateFunctions.check(name);
                yield new Expression.Function(name, List.of());
            }
        };
    }

    private Expression parenthesized() {
        at++;
        if (++depth > DEPTH_LIMIT) {
            throw new TemplateException("parentheses nested deeper than " + DEPTH_LIMIT);
        }
        Expression inner = expression();
        if (at >= action.length() || action.charAt(at) != ')') {
            throw new TemplateException("unclosed left paren in {{" + action + "}}");
        }
        at++;
        depth--;
        return inner;
    }

    private Expression string(char quote) {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < action.length() && action.charAt(at) != quote) {
            if (action.charAt(at) == '\\' && quote == '"' && at + 1 < action.length()) {
                at++;
            }
            value.append(action.charAt(at++));
        }
        if (at >= action.length()) {
            throw new TemplateException("unterminated string in {{" + action + "}}");
        }
        at++;
        return new Expression.Literal(value.toString());
    }

    /** {@code .A.B}; none for the dot alone. */
    private List<String> names() {
        List<String> names = new ArrayList<>();
        while (at < action.length() && action.charAt(at) == '.') {
            at++;
            String name = word();
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    private Expression number() {
        int start = at++;
        while (at < action.length()
                && (Character.isDigit(action.charAt(at)) || action.charAt(at) == '.')) {
            at++;
        }
        String digits = action.substring(start, at);
        try {
            return new Expression.Literal(digits.contains(".")
                    ? (Object) Double.parseDouble(digits) : (Object) Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw new TemplateException("bad number in {{" + action + "}}");
        }
    }

    private String word() {
        int start = at;
        while (at < action.length() && (Character.isLetterOrDigit(action.charAt(at))
                || action.charAt(at) == '_')) {
            at++;
        }
        return action.substring(start, at);
    }

    private void skipSpaces() {
        while (at < action.length() && Character.isWhitespace(action.charAt(at))) {
            at++;
        }
    }
}
