package runtime.spec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Makes random values of any record out of its components' types; numbers fit every range. */
public final class RandomRecords {
    private static final List<String> TEXTS =
            List.of("a", "/proc", "x y", "ä\u0001\"\\", "0", "{}");
    private final Random random;

    public RandomRecords(Random random) {
        this.random = random;
    }

    /** A random value of the record type. */
    public <T> T of(Class<T> type) {
        return type.cast(value(type));
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] parameters = generic.getActualTypeArguments();
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Optional.class) {
                return random.nextBoolean() ? Optional.of(value(parameters[0])) : Optional.empty();
            }
            if (raw == List.class || raw == Set.class) {
                List<Object> values = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    values.add(value(parameters[0]));
                }
                return raw == List.class ? values : new HashSet<>(values);
            }
            if (raw == Map.class) {
                Map<Object, Object> map = new TreeMap<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    map.put(value(parameters[0]), value(parameters[1]));
                }
                return map;
            }
            throw new IllegalArgumentException("no random value of " + type);
        }
        return plain((Class<?>) type);
    }

    private Object plain(Class<?> type) {
        if (type.isRecord()) {
            return record(type);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        }
        if (type == String.class) {
            return TEXTS.get(random.nextInt(TEXTS.size()));
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        if (type == int.class) {
            return 1 + random.nextInt(5);
        }
        if (type == long.class || type == Long.class) {
            return random.nextLong(1000);
        }
        if (type == OptionalInt.class) {
            return random.nextBoolean()
                    ? OptionalInt.of(1 + random.nextInt(5)) : OptionalInt.empty();
        }
        if (type == OptionalLong.class) {
            return random.nextBoolean()
                    ? OptionalLong.of(random.nextLong(1000)) : OptionalLong.empty();
        }
        throw new IllegalArgumentException("no random value of " + type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(components[i].getGenericType());
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }
}
