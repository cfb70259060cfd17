package cli.render;

import cli.render.Template.Expression;
import cli.render.Template.Node;
import java.util.ArrayList;
import java.util.List;

/** Reads the text of a {@link Template}. */
final class TemplateParser {
    private static final int DEPTH_LIMIT = 50;

    private final String text;
    private int position;
    private int depth;
    /** The words of the action that ended the last list of nodes: "end", "else", or none. */
    private String stopped = "";

    // Of the action being read.
    private String action;
    private int at;

    TemplateParser(String text) {
        this.text = text;
    }

    List<Node> parse() {
        List<Node> nodes = nodes();
        if (!stopped.isEmpty()) {
            throw new TemplateException("unexpected {{" + stopped + "}}");
        }
        return nodes;
    }

    /** Nodes up to the end of the text, {{end}} or {{else}}. */
    private List<Node> nodes() {
        if (++depth > DEPTH_LIMIT) {
            throw new TemplateException("blocks nested deeper than " + DEPTH_LIMIT);
        }
        List<Node> nodes = new ArrayList<>();
        stopped = "";
        while (position < text.length()) {
            int open = text.indexOf("{{", position);
            if (open != position) {
                int end = open < 0 ? text.length() : open;
                nodes.add(new Node.Text(text.substring(position, end)));
                position = end;
                continue;
            }
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw new TemplateException("unclosed action: " + text.substring(open));
            }
            String words = trimmed(text.substring(open + 2, close));
            position = close + 2;
            if (words.equals("end") || words.equals("else")) {
                stopped = words;
                break;
            }
            nodes.add(node(words));
        }
        depth--;
        return nodes;
    }

    private Node node(String words) {
        if (words.startsWith("if ") || words.startsWith("range ")) {
            boolean branch = words.startsWith("if ");
            Expression expression = expression(words.substring(branch ? 3 : 6));
            List<Node> body = nodes();
            List<Node> otherwise = List.of();
            if (stopped.equals("else")) {
                otherwise = nodes();
            }
            if (!stopped.equals("end")) {
                throw new TemplateException("{{" + words + "}} has no {{end}}");
            }
            stopped = "";
            return branch ? new Node.If(expression, body, otherwise)
                    : new Node.Range(expression, body, otherwise);
        }
        return new Node.Action(expression(words));
    }

    private static String trimmed(String words) {
        String inner = words;
        if (inner.startsWith("- ")) {
            inner = inner.substring(2);
        }
        if (inner.endsWith(" -")) {
            inner = inner.substring(0, inner.length() - 2);
        }
        return inner.strip();
    }

    private Expression expression(String words) {
        action = words;
        at = 0;
        Expression result = pipeline();
        if (at < action.length()) {
            throw new TemplateException("unexpected \"" + action.substring(at) + "\" in {{"
                    + action + "}}");
        }
        return result;
    }

    private Expression pipeline() {
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
        if (!Character.isLetter(action.charAt(at))) {
            Expression operand = operand();
            if (piped != null) {
                throw new TemplateException("a pipe into what is no function in {{" + action + "}}");
            }
            return operand;
        }
        String name = word();
        List<Expression> arguments = new ArrayList<>();
        skipSpaces();
        while (at < action.length() && action.charAt(at) != '|' && action.charAt(at) != ')') {
            arguments.add(operand());
            skipSpaces();
        }
        if (piped != null) {
            arguments.add(piped);
        }
        return new Expression.Function(name, arguments);
    }

    private Expression operand() {
        char first = action.charAt(at);
        if (first == '(') {
            return parenthesized();
        }
        if (first == '"' || first == '`') {
            return string(first);
        }
        if (first == '.' || first == '$') {
            return field(first == '$');
        }
        if (first == '-' || Character.isDigit(first)) {
            return number();
        }
        String name = word();
        return switch (name) {
            case "true" -> new Expression.Literal(true);
            case "false" -> new Expression.Literal(false);
            case "nil" -> new Expression.Literal(null);
            case "" -> throw new TemplateException(
                    "unexpected \"" + first + "\" in {{" + action + "}}");
            default -> new Expression.Function(name, List.of());
        };
    }

    private Expression parenthesized() {
        at++;
        if (++depth > DEPTH_LIMIT) {
            throw new TemplateException("parentheses nested deeper than " + DEPTH_LIMIT);
        }
        Expression inner = pipeline();
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

    private Expression field(boolean root) {
        List<String> names = new ArrayList<>();
        if (root) {
            at++;
        }
        while (at < action.length() && action.charAt(at) == '.') {
            at++;
            String name = word();
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return new Expression.Field(names, root);
    }

    private Expression number() {
        int start = at++;
        while (at < action.length() && Character.isDigit(action.charAt(at))) {
            at++;
        }
        try {
            return new Expression.Literal(Long.parseLong(action.substring(start, at)));
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
