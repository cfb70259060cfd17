package cli.render;

import cli.render.Template.Branch;
import cli.render.Template.Expression;
import cli.render.Template.Node;
import cli.render.Template.Pipeline;
import java.util.ArrayList;
import java.util.List;

/** Reads the text of a {@link Template}: its blocks. What stands between braces: {@link ActionParser}. */
final class TemplateParser {
    private static final int DEPTH_LIMIT = 50;

    private final String text;
    private int position;
    private int depth;
    /** The words of the action that ended the last list of nodes: "end", "else…", or none. */
    private String stopped = "";
    private boolean cutNext;

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
            int end = open < 0 ? text.length() : open;
            boolean cut = open >= 0 && text.startsWith("{{- ", open);
            text(text.substring(position, end), cut, nodes);
            position = end;
            if (open < 0) {
                break;
            }
            String words = action(open);
            if (words.startsWith("/*")) {
                continue;
            }
            if (words.equals("end") || words.equals("else") || words.startsWith("else if ")) {
                stopped = words;
                break;
            }
            nodes.add(node(words));
        }
        depth--;
        return nodes;
    }

    private void text(String piece, boolean cutEnd, List<Node> nodes) {
        String shown = cutNext ? piece.stripLeading() : piece;
        cutNext = false;
        shown = cutEnd ? shown.stripTrailing() : shown;
        if (!shown.isEmpty()) {
            nodes.add(new Node.Text(shown));
        }
    }

    /** The words of the action that begins here, without their marks; the position is behind it. */
    private String action(int open) {
        int close = close(open + 2);
        String words = text.substring(open + 2, close);
        position = close + 2;
        if (words.startsWith("- ")) {
            words = words.substring(2);
        }
        if (words.endsWith(" -")) {
            words = words.substring(0, words.length() - 2);
            cutNext = true;
        }
        return words.strip();
    }

    /** The braces that end an action are in no string and no comment of it. */
    private int close(int from) {
        char quote = 0;
        int start = text.startsWith("- ", from) ? from + 2 : from;
        int first = text.startsWith("/*", start) ? text.indexOf("*/", start + 2) : from;
        for (int i = Math.max(first, from); first >= 0 && i < text.length(); i++) {
            char character = text.charAt(i);
            if (quote != 0) {
                if (character == '\\' && quote == '"') {
                    i++;
                } else if (character == quote) {
                    quote = 0;
                }
            } else if (character == '"' || character == '`') {
                quote = character;
            } else if (text.startsWith("}}", i)) {
                return i;
            }
        }
        throw new TemplateException("unclosed action: " + text.substring(from - 2));
    }

    private Node node(String words) {
        int space = words.indexOf(' ');
        String rest = space < 0 ? "" : words.substring(space + 1);
        return switch (space < 0 ? words : words.substring(0, space)) {
            case "if" -> branches(words, rest);
            case "with" -> {
                Pipeline value = new ActionParser(rest).pipeline();
                List<Node> body = nodes();
                yield new Node.With(value, body, otherwise(words));
            }
            case "range" -> range(words, rest);
            default -> new Node.Action(new ActionParser(words).pipeline());
        };
    }

    private Node branches(String words, String first) {
        List<Branch> branches = new ArrayList<>();
        String condition = first;
        while (true) {
            Pipeline pipeline = new ActionParser(condition).pipeline();
            branches.add(new Branch(pipeline, nodes()));
            if (!stopped.startsWith("else if ")) {
                return new Node.If(branches, otherwise(words));
            }
            condition = stopped.substring("else if ".length());
        }
    }

    private Node range(String words, String rest) {
        ActionParser parser = new ActionParser(rest);
        String key = parser.rangeKey();
        Pipeline elements = parser.pipeline();
        List<Node> body = nodes();
        return new Node.Range(key, elements, body, otherwise(words));
    }

    /** What follows {{else}}, up to {{end}}. */
    private List<Node> otherwise(String words) {
        List<Node> otherwise = List.of();
        if (stopped.equals("else")) {
            otherwise = nodes();
        }
        if (!stopped.equals("end")) {
            throw new TemplateException("{{" + words + "}} has no {{end}}");
        }
        stopped = "";
        return otherwise;
    }
}
