package clusterd.compose;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** YAML with aliases followed and places kept. Scalars keep their spelling: {@code 1.10} is no {@code 1.1}. */
sealed interface Tree {
    Position at();

    Override override();

    /** What it does to a value of an earlier file. */
    enum Override {
        MERGE,
        /** {@code !reset}: takes it away. */
        RESET,
        /** {@code !override}: takes its place. */
        REPLACE
    }

    /** What a plain scalar looks like (YAML 1.2 core schema); a quoted one is text. */
    enum Kind { TEXT, NUMBER, TRUTH, NULL }

    /** A word. */
    record Scalar(String text, Kind kind, Position at, Override override) implements Tree {
        Scalar(String text, Position at) {
            this(text, Kind.TEXT, at, Override.MERGE);
        }
    }

    /** A list. */
    record Sequence(List<Tree> elements, Position at, Override override) implements Tree {
        public Sequence {
            elements = Collections.unmodifiableList(elements);
        }

        Sequence(List<Tree> elements, Position at) {
            this(elements, at, Override.MERGE);
        }
    }

    /** A map, in its order. */
    record Mapping(Map<String, Entry> entries, Position at, Override override) implements Tree {
        public Mapping {
            entries = Collections.unmodifiableMap(entries);
        }

        Mapping(Map<String, Entry> entries, Position at) {
            this(entries, at, Override.MERGE);
        }

        static Mapping empty(Position at) {
            return new Mapping(Map.of(), at);
        }

        /** The value, or null. */
        Tree get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        /** The same with another value for the key. */
        Mapping with(String key, Position keyAt, Tree value) {
            Map<String, Entry> more = new LinkedHashMap<>(entries);
            more.put(key, new Entry(keyAt, value));
            return new Mapping(more, at, override);
        }

        /** The same without the key. */
        Mapping without(String key) {
            Map<String, Entry> fewer = new LinkedHashMap<>(entries);
            fewer.remove(key);
            return new Mapping(fewer, at, override);
        }
    }

    /** A value and where its key stands. */
    record Entry(Position at, Tree value) {
    }

    /** Whether there is nothing, as in {@code key:}. */
    default boolean isNull() {
        return this instanceof Scalar scalar && scalar.kind() == Kind.NULL;
    }

    /** "a list", for messages. */
    default String describe() {
        return switch (this) {
            case Scalar scalar when scalar.kind() == Kind.NULL -> "nothing";
            case Scalar scalar -> Problems.quote(scalar.text());
            case Sequence sequence -> "a list";
            case Mapping mapping -> "a map";
        };
    }
}
