package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A component as a field of a message.
 *
 * @param number   from 1
 * @param name     of the component
 * @param kind     of each value
 * @param multiple how many values it has
 */
record Field(int number, String name, Kind kind, Multiple multiple) {
    /** How many values, and what holds them. */
    enum Multiple { ONE, OPTIONAL, OPTIONAL_INT, OPTIONAL_LONG, LIST, SET, MAP }

    static Field of(int number, String name, Type type) {
        if (type == OptionalInt.class) {
            return new Field(number, name, Kind.of(int.class), Multiple.OPTIONAL_INT);
        }
        if (type == OptionalLong.class) {
            return new Field(number, name, Kind.of(long.class), Multiple.OPTIONAL_LONG);
        }
        if (!(type instanceof ParameterizedType several)) {
            return new Field(number, name, Kind.of((Class<?>) type), Multiple.ONE);
        }
        Class<?>[] of = new Class<?>[several.getActualTypeArguments().length];
        for (int i = 0; i < of.length; i++) {
            if (!(several.getActualTypeArguments()[i] instanceof Class<?> plain)) {
                throw new IllegalArgumentException(name + ": " + type + " is nested too deeply");
            }
            of[i] = plain;
        }
        Type holder = several.getRawType();
        if (holder == Optional.class) {
            return new Field(number, name, Kind.of(of[0]), Multiple.OPTIONAL);
        }
        if (holder == List.class) {
            return new Field(number, name, Kind.of(of[0]), Multiple.LIST);
        }
        if (holder == SortedSet.class) {
            return new Field(number, name, Kind.of(of[0]), Multiple.SET);
        }
        if (holder == SortedMap.class) {
            return new Field(number, name, new Kind.Entry(Kind.of(of[0]), Kind.of(of[1])), Multiple.MAP);
        }
        throw new IllegalArgumentException(name + ": " + type + " has no place in a message");
    }

    void write(Object value, CodedOutputStream out) throws IOException {
        switch (multiple) {
            case ONE -> {
                if (!kind.isZero(value)) {
                    writeAlways(value, out);
                }
            }
            case OPTIONAL -> writeAll(((Optional<?>) value).stream().toList(), out);
            case OPTIONAL_INT -> writeAll(((OptionalInt) value).stream().boxed().toList(), out);
            case OPTIONAL_LONG -> writeAll(((OptionalLong) value).stream().boxed().toList(), out);
            case LIST, SET -> writeAll((Iterable<?>) value, out);
            case MAP -> writeAll(((Map<?, ?>) value).entrySet(), out);
        }
    }

    private void writeAll(Iterable<?> values, CodedOutputStream out) throws IOException {
        for (Object each : values) {
            writeAlways(each, out);
        }
    }

    void writeAlways(Object value, CodedOutputStream out) throws IOException {
        out.writeTag(number, kind.wireType());
        kind.write(value, out);
    }

    /** One more value was found: what there is of the field with it, {@code null} being nothing. */
    Object add(Object before, CodedInputStream in) throws IOException {
        Object value = kind.read(in);
        if (multiple != Multiple.LIST && multiple != Multiple.SET && multiple != Multiple.MAP) {
            return value;
        }
        @SuppressWarnings("unchecked")
        List<Object> list = before == null ? new ArrayList<>() : (List<Object>) before;
        list.add(value);
        return list;
    }

    /** What the component is once all was read. */
    Object finished(Object read) throws IOException {
        List<?> several = read instanceof List<?> list ? list : List.of();
        return switch (multiple) {
            case ONE -> read == null ? kind.zero() : read;
            case OPTIONAL -> Optional.ofNullable(read);
            case OPTIONAL_INT -> read == null ? OptionalInt.empty() : OptionalInt.of((Integer) read);
            case OPTIONAL_LONG -> read == null ? OptionalLong.empty() : OptionalLong.of((Long) read);
            case LIST -> List.copyOf(several);
            case SET -> new TreeSet<Object>(several);
            case MAP -> {
                TreeMap<Object, Object> map = new TreeMap<>();
                for (Object each : several) {
                    Map.Entry<?, ?> entry = (Map.Entry<?, ?>) each;
                    map.put(entry.getKey(), entry.getValue());
                }
                yield map;
            }
        };
    }
}
