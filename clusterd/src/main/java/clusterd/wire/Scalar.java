package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.time.Instant;

/** Values that have no parts. */
enum Scalar implements Kind {
    INT(int.class, Integer.class, 0, WireFormat.WIRETYPE_VARINT) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeInt64NoTag((Integer) value);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return Math.toIntExact(in.readInt64());
        }
    },
    LONG(long.class, Long.class, 0L, WireFormat.WIRETYPE_VARINT) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeInt64NoTag((Long) value);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return in.readInt64();
        }
    },
    BOOLEAN(boolean.class, Boolean.class, false, WireFormat.WIRETYPE_VARINT) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeBoolNoTag((Boolean) value);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return in.readBool();
        }
    },
    DOUBLE(double.class, Double.class, 0.0, WireFormat.WIRETYPE_FIXED64) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeDoubleNoTag((Double) value);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return in.readDouble();
        }
    },
    STRING(String.class, String.class, "", WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeStringNoTag((String) value);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return in.readStringRequireUtf8();
        }
    },
    INSTANT(Instant.class, Instant.class, Instant.EPOCH, WireFormat.WIRETYPE_VARINT) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeInt64NoTag(((Instant) value).toEpochMilli());
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return Instant.ofEpochMilli(in.readInt64());
        }
    },
    BYTES(byte[].class, byte[].class, new byte[0], WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        @Override
        public void write(Object value, CodedOutputStream out) throws IOException {
            out.writeByteArrayNoTag((byte[]) value);
        }

        @Override
        public Object read(CodedInputStream in) throws IOException {
            return in.readByteArray();
        }

        @Override
        public boolean isZero(Object value) {
            return ((byte[]) value).length == 0;
        }
    };

    private final Class<?> primitive;
    private final Class<?> boxed;
    private final Object zero;
    private final int wireType;

    Scalar(Class<?> primitive, Class<?> boxed, Object zero, int wireType) {
        this.primitive = primitive;
        this.boxed = boxed;
        this.zero = zero;
        this.wireType = wireType;
    }

    boolean is(Class<?> type) {
        return type == primitive || type == boxed;
    }

    @Override
    public int wireType() {
        return wireType;
    }

    @Override
    public boolean isZero(Object value) {
        return zero.equals(value);
    }

    @Override
    public Object zero() {
        return zero;
    }
}
