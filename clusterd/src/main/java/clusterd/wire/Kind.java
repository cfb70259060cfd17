package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;

/** How one value is written. */
sealed interface Kind permits Scalar, Kind.Constant, Kind.Wrapped, Kind.Message, Kind.Entry {
    /** As in the tag before it. */
    int wireType();

    void write(Object value, CodedOutputStream out) throws IOException;

    Object read(CodedInputStream in) throws IOException;

    /** Whether it may be left out, since {@link #zero()} is read when nothing is there. */
    boolean isZero(Object value);

    /** What a field that is not there is. */
    Object zero() throws IOException;

    static Kind of(Class<?> type) {
        for (Scalar scalar : Scalar.values()) {
            if (scalar.is(type)) {
                return scalar;
            }
        }
        if (type.isEnum()) {
            return new Constant(type);
        }
        if (type.isRecord() && type.getRecordComponents().length == 1
                && isScalar(type.getRecordComponents()[0].getType())) {
            RecordShape shape = (RecordShape) MessageShape.of(type);
            return new Wrapped(shape, shape.fields().getFirst().kind());
        }
        return new Message(type);
    }

    private static boolean isScalar(Class<?> type) {
        for (Scalar scalar : Scalar.values()) {
            if (scalar.is(type)) {
                return true;
            }
        }
        return false;
    }

    /** Of an enum, by ordinal. */
    record Constant(Class<?> type) implements Kind {
        @Override
        public int wireType() {
            return WireFormat.WIRETYPE_VARINT;
        }

        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeEnumNoTag(((Enum<?>) value).ordinal());
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            int ordinal = in.readEnum();
            Object[] all = type.getEnumConstants();
            if (ordinal < 0 || ordinal >= all.length) {
                throw new MalformedRecordException(type, "number " + ordinal + " is of a later version");
            }
            return all[ordinal];
        }

        @Override
        public boolean isZero(Object value) {
            return ((Enum<?>) value).ordinal() == 0;
        }

        @Override
        public Object zero() {
            return type.getEnumConstants()[0];
        }
    }

    /** A record of one scalar. */
    record Wrapped(RecordShape shape, Kind inner) implements Kind {
        @Override
        public int wireType() {
            return inner.wireType();
        }

        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            inner.write(shape.only(value), out);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return shape.make(inner.read(in));
        }

        @Override
        public boolean isZero(Object value) {
            return inner.isZero(shape.only(value));
        }

        @Override
        public Object zero() throws IOException {
            return shape.make(inner.zero());
        }
    }

    /** A record or a choice, within another. Its shape is looked up when first needed. */
    record Message(Class<?> type) implements Kind {
        @Override
        public int wireType() {
            return WireFormat.WIRETYPE_LENGTH_DELIMITED;
        }

        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            Nested.write(out, inner -> MessageShape.of(type).write(value, inner));
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return MessageShape.of(type).read(CodedInputStream.newInstance(in.readByteArray()));
        }

        /** An empty message costs two bytes, and is not told from an absent one otherwise. */
        @Override
        public boolean isZero(Object value) {
            return false;
        }

        @Override
        public Object zero() throws IOException {
            return MessageShape.of(type).read(CodedInputStream.newInstance(new byte[0]));
        }
    }

    /** Of a map. */
    record Entry(Kind key, Kind value) implements Kind {
        @Override
        public int wireType() {
            return WireFormat.WIRETYPE_LENGTH_DELIMITED;
        }

        @Override
        public void write(Object entry, CodedOutputStream out) throws IOException {
            Map.Entry<?, ?> pair = (Map.Entry<?, ?>) entry;
            Nested.write(out, inner -> {
                inner.writeTag(1, key.wireType());
                key.write(pair.getKey(), inner);
                inner.writeTag(2, value.wireType());
                value.write(pair.getValue(), inner);
            });
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            CodedInputStream inner = CodedInputStream.newInstance(in.readByteArray());
            Object foundKey = key.zero();
            Object foundValue = null;
            for (int tag = inner.readTag(); tag != 0; tag = inner.readTag()) {
                if (tag == (1 << 3 | key.wireType())) {
                    foundKey = key.read(inner);
                } else if (tag == (2 << 3 | value.wireType())) {
                    foundValue = value.read(inner);
                } else {
                    inner.skipField(tag);
                }
            }
            return Map.entry(foundKey, foundValue == null ? value.zero() : foundValue);
        }

        @Override
        public boolean isZero(Object value) {
            return false;
        }

        @Override
        public Object zero() {
            throw new IllegalStateException("a map without entries has none");
        }
    }
}
