package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A sealed interface: exactly one of its permitted types is there. */
final class ChoiceShape extends MessageShape {
    private final List<Class<?>> permitted;
    private final List<Field> fields;

    ChoiceShape(Class<?> type) {
        super(type);
        this.permitted = List.of(type.getPermittedSubclasses());
        List<Field> list = new ArrayList<>();
        for (int i = 0; i < permitted.size(); i++) {
            list.add(Field.of(i + 1, permitted.get(i).getSimpleName(), permitted.get(i)));
        }
        this.fields = List.copyOf(list);
    }

    @Override
    List<Field> fields() {
        return fields;
    }

    @Override
    void write(Object value, CodedOutputStream out) throws IOException {
        fields.get(permitted.indexOf(value.getClass())).writeAlways(value, out);
    }

    @Override
    Object read(CodedInputStream in) throws IOException {
        Object found = null;
        for (Object each : readFields(in)) {
            if (each != null && found != null) {
                throw new MalformedRecordException(type(), "it is two things at once");
            }
            found = each == null ? found : each;
        }
        if (found == null) {
            throw new MalformedRecordException(type(), "it is nothing this version knows");
        }
        return found;
    }
}
