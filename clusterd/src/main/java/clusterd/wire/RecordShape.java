package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A record: each component is a field. */
final class RecordShape extends MessageShape {
    private final List<Field> fields;
    private final MethodHandle[] accessors;
    private final MethodHandle constructor;

    RecordShape(Class<?> type) {
        super(type);
        RecordComponent[] components = type.getRecordComponents();
        this.accessors = new MethodHandle[components.length];
        List<Field> list = new ArrayList<>();
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        try {
            for (int i = 0; i < components.length; i++) {
                accessors[i] = lookup.unreflect(components[i].getAccessor())
                        .asType(MethodType.methodType(Object.class, Object.class));
                list.add(Field.of(i + 1, components[i].getName(), components[i].getGenericType()));
            }
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            this.constructor = lookup.unreflectConstructor(type.getDeclaredConstructor(types))
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type.getName() + " or its constructor is not public", e);
        }
        this.fields = List.copyOf(list);
    }

    @Override
    List<Field> fields() {
        return fields;
    }

    /** Of a record of one component: that one. */
    Object only(Object value) {
        return get(0, value);
    }

    Object make(Object... values) {
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(type().getName() + " cannot be made of "
                    + Arrays.toString(values), e);
        }
    }

    private Object get(int index, Object value) {
        try {
            return accessors[index].invokeExact(value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(type().getName() + "." + fields.get(index).name()
                    + " cannot be read", e);
        }
    }

    @Override
    void write(Object value, CodedOutputStream out) throws IOException {
        for (int i = 0; i < accessors.length; i++) {
            fields.get(i).write(get(i, value), out);
        }
    }

    @Override
    Object read(CodedInputStream in) throws IOException {
        Object[] values = readFields(in);
        for (int i = 0; i < values.length; i++) {
            values[i] = fields.get(i).finished(values[i]);
        }
        return make(values);
    }
}
