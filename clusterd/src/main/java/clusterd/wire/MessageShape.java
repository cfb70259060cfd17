package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.List;

/** How a type is written as a message. */
abstract sealed class MessageShape permits RecordShape, ChoiceShape {
    private static final ClassValue<MessageShape> SHAPES = new ClassValue<>() {
        @Override
        protected MessageShape computeValue(Class<?> type) {
            return type.isRecord() ? new RecordShape(type) : new ChoiceShape(type);
        }
    };

    private final Class<?> type;

    MessageShape(Class<?> type) {
        this.type = type;
    }

    static MessageShape of(Class<?> type) {
        if (!type.isRecord() && !type.isSealed()) {
            throw new IllegalArgumentException(type.getName() + " is no record and no sealed interface");
        }
        return SHAPES.get(type);
    }

    final Class<?> type() {
        return type;
    }

    /** Its fields by number, from 1. */
    abstract List<Field> fields();

    abstract void write(Object value, CodedOutputStream out) throws IOException;

    abstract Object read(CodedInputStream in) throws IOException;

    /** Reads fields until the end; what has no number here was written by a later version. */
    final Object[] readFields(CodedInputStream in) throws IOException {
        List<Field> fields = fields();
        Object[] values = new Object[fields.size()];
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            if (number > fields.size()) {
                in.skipField(tag);
                continue;
            }
            Field field = fields.get(number - 1);
            if (WireFormat.getTagWireType(tag) != field.kind().wireType()) {
                throw new MalformedRecordException(type, "field " + number + " (" + field.name()
                        + ") has wire type " + WireFormat.getTagWireType(tag));
            }
            values[number - 1] = field.add(values[number - 1], in);
        }
        return values;
    }
}
