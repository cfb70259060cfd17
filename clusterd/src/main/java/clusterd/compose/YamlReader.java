package clusterd.compose;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * YAML 1.2 (core schema) to trees, from the parser's events and without recursion, so that neither nesting nor
 * aliases make it costly.
 */
final class YamlReader {
    /** Characters of one file. */
    static final int LIMIT_CHARACTERS = 1 << 20;
    private static final int LIMIT_KEY = 500;
    private static final int LIMIT_DEPTH = 64;
    private static final int LIMIT_VALUES = 200_000;
    private static final String MERGE_KEY = "<<";
    private static final ScalarResolver RESOLVER = new CoreSchema().getScalarResolver();

    private final String file;
    private final Problems problems;
    private final Deque<Frame> open = new ArrayDeque<>();
    private final Map<String, Sized> anchors = new HashMap<>();
    private final Map<String, Integer> opening = new HashMap<>();
    private final List<Tree> documents = new ArrayList<>();
    private Position lastSeen;

    private YamlReader(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.lastSeen = new Position(file, 1, 1);
    }

    private record Sized(Tree tree, int size) {
    }

    /** The file can be read no further. */
    private static final class UnreadableException extends RuntimeException {
        private final transient Position at;

        UnreadableException(Position at, String message) {
            super(message);
            this.at = at;
        }
    }

    /** The documents; empty, with an error told, if it is no YAML. */
    static List<Tree> read(String file, String text, Problems problems) {
        YamlReader reader = new YamlReader(file, problems);
        if (text.length() > LIMIT_CHARACTERS) {
            problems.error("", reader.lastSeen, "it has " + text.length() + " characters: at most "
                    + LIMIT_CHARACTERS + " are read");
            return List.of();
        }
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(file)
                    .setCodePointLimit(LIMIT_CHARACTERS).build();
            for (Event event : new Parse(settings).parseString(text)) {
                reader.take(event);
            }
            return reader.documents;
        } catch (UnreadableException e) {
            problems.error("", e.at, e.getMessage());
        } catch (MarkedYamlEngineException e) {
            Position at = e.getProblemMark().or(e::getContextMark).map(reader::at).orElse(reader.lastSeen);
            problems.error("", at, "no YAML: " + told(e.getProblem()) + (e.getContext() == null ? ""
                    : " (" + told(e.getContext()) + ")") + hint(text, at));
        } catch (YamlEngineException e) {
            problems.error("", reader.lastSeen, "no YAML: " + told(e.getMessage()));
        }
        return List.of();
    }

    private static String told(String message) {
        String quoted = Problems.quote(String.valueOf(message).lines().findFirst().orElse(""));
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String hint(String text, Position at) {
        String line = text.lines().skip(at.line() - 1L).findFirst().orElse("");
        return line.contains("\t") ? "; lines are indented with spaces, not with tabs" : "";
    }

    private Position at(Mark mark) {
        return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private void take(Event event) {
        event.getStartMark().ifPresent(mark -> lastSeen = at(mark));
        switch (event) {
            case DocumentStartEvent start -> {
                anchors.clear();
                opening.clear();
            }
            case CollectionStartEvent start -> open(start);
            case CollectionEndEvent end -> close();
            case AliasEvent alias -> alias(alias);
            case ScalarEvent scalar -> {
                Tree tree = scalar(scalar);
                keep(scalar, new Sized(tree, 1));
                add(new Sized(tree, 1), scalar.isPlain());
            }
            default -> { } // ends and comments say nothing
        }
    }

    private void open(CollectionStartEvent start) {
        if (open.size() >= LIMIT_DEPTH) {
            throw new UnreadableException(lastSeen, "lists and maps are more than " + LIMIT_DEPTH
                    + " deep in each other");
        }
        String anchor = start.getAnchor().map(Anchor::getValue).orElse("");
        if (!anchor.isEmpty()) {
            opening.merge(anchor, 1, Integer::sum);
            anchors.remove(anchor);
        }
        Tree.Override override = override(start.getTag());
        open.push(start instanceof MappingStartEvent ? new MapFrame(lastSeen, anchor, override)
                : new ListFrame(lastSeen, anchor, override));
    }

    private void close() {
        Frame frame = open.pop();
        Sized done = frame.done();
        if (!frame.anchor.isEmpty()) {
            opening.merge(frame.anchor, -1, Integer::sum);
            anchors.put(frame.anchor, done);
        }
        add(done, false);
    }

    private void alias(AliasEvent alias) {
        String name = alias.getAlias().getValue();
        if (opening.getOrDefault(name, 0) > 0) {
            throw new UnreadableException(lastSeen, "*" + name + " stands inside of what it names: it would have"
                    + " no end");
        }
        Sized named = anchors.get(name);
        if (named == null) {
            throw new UnreadableException(lastSeen, "*" + name + " names nothing: &" + name
                    + " has to stand before it");
        }
        add(named, false);
    }

    private void keep(NodeEvent event, Sized tree) {
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), tree));
    }

    private void add(Sized child, boolean plain) {
        if (open.isEmpty()) {
            documents.add(child.tree);
        } else {
            Frame frame = open.peek();
            frame.size += child.size;
            if (frame.size > LIMIT_VALUES) {
                throw new UnreadableException(lastSeen, "aliases make more than " + LIMIT_VALUES + " values of it");
            }
            frame.add(child.tree, plain);
        }
    }

    private Tree scalar(ScalarEvent event) {
        String tag = event.getTag().orElse("");
        Tree.Override override = override(event.getTag());
        if (event.getValue().codePoints()
                .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new UnreadableException(lastSeen, "a text has half of a character (\\uD800 and the like)");
        }
        boolean plain = event.isPlain() && (tag.isEmpty() || override != Tree.Override.MERGE);
        Tag resolved = !tag.isEmpty() && override == Tree.Override.MERGE ? new Tag(tag)
                : RESOLVER.resolve(event.getValue(), plain);
        Tree.Kind kind = resolved.equals(Tag.NULL) ? Tree.Kind.NULL
                : resolved.equals(Tag.BOOL) ? Tree.Kind.TRUTH
                : resolved.equals(Tag.INT) || resolved.equals(Tag.FLOAT) ? Tree.Kind.NUMBER : Tree.Kind.TEXT;
        return new Tree.Scalar(event.getValue(), kind, lastSeen, override);
    }

    private Tree.Override override(Optional<String> tag) {
        String name = tag.orElse("");
        return switch (name) {
            case "!reset" -> Tree.Override.RESET;
            case "!override" -> Tree.Override.REPLACE;
            default -> {
                if (!name.isEmpty() && !name.equals("!") && !name.startsWith(Tag.PREFIX)) {
                    problems.error("", lastSeen, "tag " + Problems.quote(name)
                            + " means nothing here: !reset and !override do");
                }
                yield Tree.Override.MERGE;
            }
        };
    }

    /** A list or map that has not ended. */
    private abstract static class Frame {
        final Position at;
        final String anchor;
        final Tree.Override override;
        int size = 1;

        Frame(Position at, String anchor, Tree.Override override) {
            this.at = at;
            this.anchor = anchor;
            this.override = override;
        }

        abstract void add(Tree child, boolean plain);

        abstract Sized done();
    }

    private static final class ListFrame extends Frame {
        private final List<Tree> elements = new ArrayList<>();

        ListFrame(Position at, String anchor, Tree.Override override) {
            super(at, anchor, override);
        }

        @Override
        void add(Tree child, boolean plain) {
            elements.add(child);
        }

        @Override
        Sized done() {
            return new Sized(new Tree.Sequence(elements, at, override), size);
        }
    }

    private final class MapFrame extends Frame {
        private final Map<String, Tree.Entry> entries = new LinkedHashMap<>();
        private final List<Tree> merged = new ArrayList<>();
        private boolean atKey = true;
        private boolean atMergeKey;
        private boolean skipped;
        private String key = "";
        private Position keyAt;

        MapFrame(Position at, String anchor, Tree.Override override) {
            super(at, anchor, override);
        }

        @Override
        void add(Tree child, boolean plain) {
            if (atKey) {
                key(child, plain);
            } else if (atMergeKey) {
                merged.add(child);
            } else if (!skipped) {
                entries.put(key, new Tree.Entry(keyAt, child));
            }
            atKey = !atKey;
        }

        private void key(Tree child, boolean plain) {
            keyAt = child.at();
            skipped = false;
            atMergeKey = false;
            if (!(child instanceof Tree.Scalar scalar)) {
                problems.error("", keyAt, "a key is a word, not " + child.describe());
                skipped = true;
                return;
            }
            key = scalar.text();
            if (key.length() > LIMIT_KEY) {
                throw new UnreadableException(keyAt, "a key has " + key.length() + " characters: at most "
                        + LIMIT_KEY + " are read");
            }
            atMergeKey = plain && key.equals(MERGE_KEY);
            if (entries.containsKey(key)) {
                problems.error("", keyAt, "key " + Problems.quote(key) + " is given a second time: line "
                        + entries.get(key).at().line() + " has it already");
                skipped = true;
            }
        }

        @Override
        Sized done() {
            merged.forEach(this::merge);
            return new Sized(new Tree.Mapping(entries, at, override), size);
        }

        /** Keys of its own come before merged ones, those of an earlier map before those of a later one. */
        private void merge(Tree tree) {
            switch (tree) {
                case Tree.Mapping mapping -> mapping.entries().forEach(entries::putIfAbsent);
                case Tree.Sequence sequence when sequence.elements().stream()
                        .allMatch(Tree.Mapping.class::isInstance) -> sequence.elements().forEach(this::merge);
                case Tree.Scalar scalar when scalar.isNull() -> { }
                default -> problems.error("", tree.at(), "<< merges a map or a list of maps, not "
                        + tree.describe());
            }
        }
    }
}
