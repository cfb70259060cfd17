package runtime.container;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Records as JSON objects: a component is a member of its name, left out if it is empty, zero or false.
 *
 * <p>Components may be strings, int, long, boolean, instants (RFC 3339), enums, records, and Optional,
 * OptionalInt, OptionalLong, List, Map (with string keys) of these. A missing member reads as empty,
 * zero or false; a record's own constructor says what it cannot do without. Unknown members are ignored,
 * so that an older daemon reads what a newer one wrote.
 */
public final class RecordJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private RecordJson() {}

    /** The record as UTF-8 text. */
    public static byte[] write(Record record) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(2048);
        try (JsonGenerator json = MAPPER.createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            writeRecord(record, json);
        } catch (IOException impossible) {
            throw new IllegalStateException("memory that cannot be written", impossible);
        }
        return text.toByteArray();
    }

    /**
     * The record in UTF-8 text.
     *
     * @throws IOException if it is no JSON, or a member has the wrong type, or the record refuses it
     */
    public static <R extends Record> R read(byte[] text, Class<R> type) throws IOException {
        JsonNode node = MAPPER.readTree(text);
        if (node == null || !node.isObject()) {
            throw new IOException("not a JSON object");
        }
        return type.cast(decodeRecord(node, type, type.getSimpleName()));
    }

    /** A component of a record class. */
    private record Component(String name, Type type, Method accessor) {}

    /** A record class; looking it up anew each time would cost more than writing or reading. */
    private record Shape(List<Component> components, Constructor<?> constructor) {

        static Shape of(Class<?> type) {
            RecordComponent[] all = type.getRecordComponents();
            List<Component> components = new ArrayList<>();
            Class<?>[] types = new Class<?>[all.length];
            for (int index = 0; index < all.length; index++) {
                Method accessor = all[index].getAccessor();
                accessor.setAccessible(true);
                types[index] = all[index].getType();
                components.add(new Component(
                        all[index].getName(), all[index].getGenericType(), accessor));
            }
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return new Shape(List.copyOf(components), constructor);
            } catch (NoSuchMethodException impossible) {
                throw new IllegalStateException("record " + type, impossible);
            }
        }
    }

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private static void writeRecord(Record record, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Component component : SHAPES.get(record.getClass()).components) {
            Object value = get(record, component);
            if (!isAbsent(value)) {
                json.writeFieldName(component.name);
                writeValue(value, json);
            }
        }
        json.writeEndObject();
    }

    private static Object get(Record record, Component component) {
        try {
            return component.accessor.invoke(record);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("record " + record.getClass(), impossible);
        }
    }

    private static boolean isAbsent(Object value) {
        return switch (value) {
            case String text -> text.isEmpty();
            case Boolean flag -> !flag;
            case List<?> list -> list.isEmpty();
            case Optional<?> optional -> optional.isEmpty();
            case OptionalInt number -> number.isEmpty();
            case OptionalLong number -> number.isEmpty();
            default -> false;
        };
    }

    private static void writeValue(Object value, JsonGenerator json) throws IOException {
        switch (value) {
            case String text -> json.writeString(text);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Boolean flag -> json.writeBoolean(flag);
            case Instant time -> json.writeString(time.toString());
            case Enum<?> constant -> json.writeString(constant.name());
            case Record record -> writeRecord(record, json);
            // Kept apart from an absent one, which is left out, by the list around the value.
            case Optional<?> optional -> writeList(optional.map(List::of).orElse(List.of()), json);
            case OptionalInt number -> writeList(List.of(number.getAsInt()), json);
            case OptionalLong number -> writeList(List.of(number.getAsLong()), json);
            case List<?> list -> writeList(list, json);
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    json.writeFieldName((String) each.getKey());
                    writeValue(each.getValue(), json);
                }
                json.writeEndObject();
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static void writeList(List<?> list, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Object each : list) {
            writeValue(each, json);
        }
        json.writeEndArray();
    }

    private static Record decodeRecord(JsonNode node, Class<?> type, String where)
            throws IOException {
        require(node.isObject(), where, "an object");
        Shape shape = SHAPES.get(type);
        Object[] values = new Object[shape.components.size()];
        for (int index = 0; index < values.length; index++) {
            Component component = shape.components.get(index);
            values[index] = decode(node.get(component.name), component.type,
                    where + "." + component.name);
        }
        try {
            return (Record) shape.constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new IOException(where + ": " + refused.getCause().getMessage(), refused.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("record " + type, impossible);
        }
    }

    private static Object decode(JsonNode node, Type type, String where) throws IOException {
        boolean absent = node == null || node.isNull();
        if (type instanceof ParameterizedType generic) {
            return decodeGeneric(absent ? null : node, generic, where);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == String.class) {
            require(absent || node.isTextual(), where, "a string");
            return absent ? "" : node.textValue();
        }
        if (plain == int.class || plain == Integer.class) {
            require(absent || node.canConvertToInt() && node.isIntegralNumber(), where, "an int");
            return absent ? 0 : node.intValue();
        }
        if (plain == long.class || plain == Long.class) {
            require(absent || node.canConvertToLong() && node.isIntegralNumber(), where, "a long");
            return absent ? 0L : node.longValue();
        }
        if (plain == boolean.class || plain == Boolean.class) {
            require(absent || node.isBoolean(), where, "true or false");
            return !absent && node.booleanValue();
        }
        if (plain == OptionalInt.class) {
            return absent ? OptionalInt.empty()
                    : OptionalInt.of((Integer) decode(only(node, where), int.class, where));
        }
        if (plain == OptionalLong.class) {
            return absent ? OptionalLong.empty()
                    : OptionalLong.of((Long) decode(only(node, where), long.class, where));
        }
        if (plain == Instant.class) {
            require(!absent && node.isTextual(), where, "a time");
            return instant(node.textValue(), where);
        }
        if (plain.isEnum()) {
            require(!absent && node.isTextual(), where, "a name");
            return constant(plain, node.textValue(), where);
        }
        return decodeRecord(absent ? NODES.objectNode() : node, plain, where);
    }

    private static Object decodeGeneric(JsonNode node, ParameterizedType type, String where)
            throws IOException {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return node == null ? Optional.empty()
                    : Optional.of(decode(only(node, where), arguments[0], where));
        }
        if (type.getRawType() == List.class) {
            List<Object> list = new ArrayList<>();
            if (node != null) {
                require(node.isArray(), where, "an array");
                for (JsonNode each : node) {
                    list.add(decode(each, arguments[0], where + "[" + list.size() + "]"));
                }
            }
            return List.copyOf(list);
        }
        Map<String, Object> map = new TreeMap<>();
        if (node != null) {
            require(node.isObject(), where, "an object");
            for (Map.Entry<String, JsonNode> each : node.properties()) {
                map.put(each.getKey(), decode(each.getValue(), arguments[1],
                        where + "." + each.getKey()));
            }
        }
        return map;
    }

    private static JsonNode only(JsonNode node, String where) throws IOException {
        require(node.isArray() && node.size() == 1, where, "an array of one");
        return node.get(0);
    }

    private static Instant instant(String text, String where) throws IOException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException malformed) {
            throw new IOException(where + ": not a time: " + text, malformed);
        }
    }

    private static Object constant(Class<?> type, String name, String where) throws IOException {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new IOException(where + ": unknown name " + name);
    }

    private static void require(boolean holds, String where, String what) throws IOException {
        if (!holds) {
            throw new IOException(where + ": not " + what);
        }
    }
}
