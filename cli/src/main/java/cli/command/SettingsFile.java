package cli.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A command's options as a YAML file gives them, by their long names; what is wrong with it is told all
 * at once. Loaded only if there is a file: the YAML library comes with it.
 */
final class SettingsFile {
    /** Says what is wrong with a setting's value: what was expected, or "" if it is right. */
    interface ValueCheck {
        String expected(String setting, String value);
    }

    private final Syntax syntax;
    private final Set<String> excluded;
    private final ValueCheck check;
    private final Map<String, List<String>> settings = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private SettingsFile(Syntax syntax, Set<String> excluded, ValueCheck check) {
        this.syntax = syntax;
        this.excluded = excluded;
        this.check = check;
    }

    /**
     * Adds to the arguments what the file says and the user did not.
     *
     * @param name     of the file, for messages
     * @param excluded options that are no settings
     * @throws UsageException with every problem of the file and its line; nothing was added then
     */
    static void add(Arguments arguments, Syntax syntax, Set<String> excluded, String name, String text,
            ValueCheck check) throws UsageException {
        SettingsFile file = new SettingsFile(syntax, excluded, check);
        file.read(name, text);
        if (!file.problems.isEmpty()) {
            throw new UsageException(name + (file.problems.size() == 1 ? " has a problem:"
                    : " has " + file.problems.size() + " problems:") + "\n  "
                    + String.join("\n  ", file.problems));
        }
        file.settings.forEach((setting, values) -> {
            if (!arguments.has(setting)) {
                values.forEach(value -> arguments.addOption(setting, value));
            }
        });
    }

    private void read(String name, String text) {
        try {
            new Compose(LoadSettings.builder().setLabel(name).build()).composeString(text)
                    .filter(node -> !Tag.NULL.equals(node.getTag())).ifPresent(this::document);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(1);
            problems.add("line " + line + ": no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add("no YAML: " + e.getMessage());
        }
    }

    private void document(Node node) {
        if (!(node instanceof MappingNode mapping)) {
            problem(node, "expected settings, a line each: NAME: VALUE");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                setting(key, tuple.getValueNode());
            } else {
                problem(tuple.getKeyNode(), "a setting's name is a word");
            }
        }
    }

    private void setting(ScalarNode key, Node value) {
        String setting = key.getValue();
        Option option = syntax.find(setting);
        if (option == null || excluded.contains(setting)) {
            problem(key, unknown(setting));
            return;
        }
        Integer first = lines.putIfAbsent(setting, line(key));
        if (first != null) {
            problem(key, setting + " is given a second time: line " + first + " has it already");
            return;
        }
        List<String> values = new ArrayList<>();
        if (value instanceof SequenceNode sequence && option.valueName().equals("list")) {
            refuseEmpty(option, value, sequence.getValue());
            sequence.getValue().forEach(element -> value(option, element, values));
        } else if (option.valueName().equals("map")) {
            pairs(option, value, values);
        } else {
            value(option, value, values);
        }
        settings.put(setting, values);
    }

    /** Each as a word of the command line: KEY=VALUE. */
    private void pairs(Option option, Node node, List<String> values) {
        if (!(node instanceof MappingNode mapping)) {
            problem(node, option.name() + " is a group of settings: {NAME: VALUE, …}");
            return;
        }
        refuseEmpty(option, node, mapping.getValue());
        Map<String, Integer> names = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                Integer first = names.putIfAbsent(key.getValue(), line(key));
                if (first != null) {
                    problem(key, key.getValue() + " in " + option.name()
                            + " is given a second time: line " + first + " has it already");
                    continue;
                }
                List<String> one = new ArrayList<>();
                value(option, tuple.getValueNode(), one);
                one.forEach(value -> values.add(key.getValue() + "=" + value));
            } else {
                problem(tuple.getKeyNode(), "a name in " + option.name() + " is a word");
            }
        }
    }

    /** It would mean what holds without the line, and whoever wrote it meant none at all. */
    private void refuseEmpty(Option option, Node node, List<?> elements) {
        if (elements.isEmpty()) {
            problem(node, option.name() + " is empty: give a value, or take the line out");
        }
    }

    private String unknown(String setting) {
        List<String> known = syntax.options().stream().map(Option::name)
                .filter(name -> !excluded.contains(name)).toList();
        return "unknown setting '" + setting + "': " + NearestWord.of(setting, known)
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("there are " + String.join(", ", known));
    }

    private void value(Option option, Node node, List<String> values) {
        String setting = option.name();
        if (!(node instanceof ScalarNode scalar)) {
            problem(node, setting + " is one value, neither a list nor a group of settings");
            return;
        }
        String value = scalar.getValue();
        if (value.isEmpty() || Tag.NULL.equals(scalar.getTag())) {
            problem(node, setting + " has no value: give one, or take the line out");
            return;
        }
        if (option.isSwitch() && !Tag.BOOL.equals(scalar.getTag())) {
            problem(node, setting + " is '" + value + "': expected true or false");
            return;
        }
        String expected = check.expected(setting, value);
        if (!expected.isEmpty()) {
            problem(node, setting + " is '" + value + "': expected " + expected);
        }
        values.add(value);
    }

    private void problem(Node node, String sentence) {
        problems.add("line " + line(node) + ": " + sentence);
    }

    /** The first is 1. */
    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }
}
