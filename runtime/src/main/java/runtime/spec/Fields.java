package runtime.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The fields of one JSON object, read with the type each must have. A wrong or missing one is added
 * to a list of problems shared by the whole document, and a stand-in is returned so that reading
 * goes on; whoever reads the document throws if the list is not empty in the end.
 */
public final class Fields {
    private static final BigInteger UNSIGNED_MAX = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private final ObjectNode node;
    private final String path;
    private final List<Problem> problems;

    /** The fields of the document itself; problems are added to the list. */
    public Fields(ObjectNode node, List<Problem> problems) {
        this(node, "$", problems);
    }

    /** Fields of an object that is missing altogether, which was reported already. */
    static Fields ignored() {
        return new Fields(JsonNodeFactory.instance.objectNode(), new ArrayList<>());
    }

    private Fields(ObjectNode node, String path, List<Problem> problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    /** Reports a problem with a field, or with the object itself if the name is empty. */
    public void problem(String name, String text) {
        problems.add(new Problem(name.isEmpty() ? path : pathOf(name), text));
    }

    /** Reports every field but these: a misspelt one would change nothing and nobody would know. */
    public void onlyKnown(String... names) {
        Set<String> known = Set.of(names);
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problem(name, "is not known here");
            }
        });
    }

    /** Whether the field is there and neither null nor an empty object or list. */
    public boolean has(String name) {
        JsonNode value = node.get(name);
        return value != null && !value.isNull() && !(value.isContainerNode() && value.isEmpty());
    }

    /** Text that must be there. */
    public String text(String name) {
        Optional<String> value = optionalText(name);
        if (value.isEmpty() && !present(name)) {
            problem(name, "is missing; a string is required");
        }
        return value.orElse("");
    }

    /** Text; the empty string counts as absent, as the specification's own Go types have it. */
    public Optional<String> optionalText(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            problem(name, "must be a string, not " + describe(value));
            return Optional.empty();
        }
        return Optional.of(value.textValue()).filter(text -> !text.isEmpty());
    }

    /** A truth value, false if absent. */
    public boolean flag(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            problem(name, "must be true or false, not " + describe(value));
        }
        return value.booleanValue();
    }

    /** A signed 64-bit number that must be there. */
    public long number(String name) {
        return required(name, optionalNumber(name));
    }

    /** A signed 64-bit number. */
    public OptionalLong optionalNumber(String name) {
        return integer(name, LONG_MIN, LONG_MAX);
    }

    /** An unsigned 64-bit number that must be there, as the long of the same bits. */
    public long unsigned(String name) {
        return required(name, optionalUnsigned(name));
    }

    /** An unsigned 64-bit number, as the long of the same bits. */
    public OptionalLong optionalUnsigned(String name) {
        return integer(name, BigInteger.ZERO, UNSIGNED_MAX);
    }

    /** A number of the range; one outside it is a problem. */
    public OptionalInt optionalInt(String name, int least, int most) {
        OptionalLong value =
                integer(name, BigInteger.valueOf(least), BigInteger.valueOf(most));
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    /** An unsigned 32-bit number, such as a user id, that must be there. */
    public long id(String name) {
        return required(name, optionalId(name));
    }

    /** An unsigned 32-bit number, such as a user id. */
    public OptionalLong optionalId(String name) {
        return integer(name, BigInteger.ZERO, BigInteger.valueOf(0xFFFFFFFFL));
    }

    /** A list of strings, empty if absent. */
    public List<String> texts(String name) {
        return elements(name, JsonNode::isTextual, "a string", JsonNode::textValue);
    }

    /** A list of user or group ids, empty if absent. */
    public List<Long> ids(String name) {
        return elements(name,
                value -> value.canConvertToLong() && value.isIntegralNumber()
                        && value.longValue() >= 0 && value.longValue() <= 0xFFFFFFFFL,
                "an id between 0 and 4294967295", JsonNode::longValue);
    }

    /** An object's fields, if it is there. */
    public Optional<Fields> object(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (value instanceof ObjectNode object) {
            return Optional.of(new Fields(object, pathOf(name), problems));
        }
        problem(name, "must be an object, not " + describe(value));
        return Optional.empty();
    }

    /** An object's fields; those of an empty object if it is absent. */
    public Fields objectOrEmpty(String name) {
        return object(name).orElseGet(() -> new Fields(
                JsonNodeFactory.instance.objectNode(),
                pathOf(name), problems));
    }

    /** A list of objects, each read by the function; empty if absent. */
    public <T> List<T> objects(String name, Function<Fields, T> reader) {
        List<T> result = new ArrayList<>();
        List<JsonNode> values = array(name);
        for (int i = 0; i < values.size(); i++) {
            String elementPath = pathOf(name) + "[" + i + "]";
            if (values.get(i) instanceof ObjectNode object) {
                result.add(reader.apply(new Fields(object, elementPath, problems)));
            } else {
                problems.add(new Problem(
                        elementPath, "must be an object, not " + describe(values.get(i))));
            }
        }
        return result;
    }

    /** An object of strings by key, empty if absent. */
    public Map<String, String> textsByKey(String name) {
        return byKey(name, (key, fields) -> fields.requiredText(key));
    }

    /** An object of objects by key, each read by the function; empty if absent. */
    public <T> Map<String, T> objectsByKey(String name, Function<Fields, T> reader) {
        return byKey(name, (key, fields) -> fields.object(key).map(reader).orElse(null));
    }

    private String requiredText(String name) {
        JsonNode value = node.get(name);
        if (!value.isTextual()) {
            problem(name, "must be a string, not " + describe(value));
            return null;
        }
        return value.textValue();
    }

    private <T> Map<String, T> byKey(String name, BiFunction<String, Fields, T> reader) {
        Map<String, T> result = new LinkedHashMap<>();
        object(name).ifPresent(fields -> fields.node.fieldNames().forEachRemaining(key -> {
            T value = reader.apply(key, fields);
            if (value != null) {
                result.put(key, value);
            } else if (fields.node.get(key).isNull()) {
                fields.problem(key, "must not be null");
            }
        }));
        return result;
    }

    private <T> List<T> elements(
            String name,
            Predicate<JsonNode> fits,
            String expected,
            Function<JsonNode, T> reader) {
        List<T> result = new ArrayList<>();
        List<JsonNode> values = array(name);
        for (int i = 0; i < values.size(); i++) {
            if (fits.test(values.get(i))) {
                result.add(reader.apply(values.get(i)));
            } else {
                problems.add(new Problem(pathOf(name) + "[" + i + "]",
                        "must be " + expected + ", not " + describe(values.get(i))));
            }
        }
        return result;
    }

    private List<JsonNode> array(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            problem(name, "must be a list, not " + describe(value));
            return List.of();
        }
        List<JsonNode> values = new ArrayList<>();
        value.forEach(values::add);
        return values;
    }

    private OptionalLong integer(String name, BigInteger least, BigInteger most) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber()) {
            problem(name, "must be a whole number, not " + describe(value));
            return OptionalLong.empty();
        }
        BigInteger number = value.bigIntegerValue();
        if (number.compareTo(least) < 0 || number.compareTo(most) > 0) {
            problem(name, "must be between " + least + " and " + most + ", not " + number);
            return OptionalLong.empty();
        }
        return OptionalLong.of(number.longValue());
    }

    private long required(String name, OptionalLong value) {
        if (value.isEmpty() && !present(name)) {
            problem(name, "is missing; a whole number is required");
        }
        return value.orElse(0);
    }

    private boolean present(String name) {
        return node.hasNonNull(name) && !(node.get(name).isTextual()
                && node.get(name).textValue().isEmpty());
    }

    private String pathOf(String name) {
        boolean plain = !name.isEmpty() && name.length() <= 64
                && name.chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c));
        return plain ? path + "." + name : path + "['" + shortened(name) + "']";
    }

    static String describe(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case NULL, MISSING -> "null";
            case BINARY, BOOLEAN, NUMBER, STRING -> shortened(value.toString());
        };
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 61) + "…";
    }
}
