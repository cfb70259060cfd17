package clusterd.wire;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A message within a message: its length goes before it. */
final class Nested {
    private Nested() {
    }

    /** What writes the inner message. */
    interface Writing {
        void to(CodedOutputStream inner) throws IOException;
    }

    static void write(CodedOutputStream out, Writing writing) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        CodedOutputStream inner = CodedOutputStream.newInstance(bytes, 256);
        writing.to(inner);
        inner.flush();
        out.writeUInt32NoTag(bytes.size());
        out.writeRawBytes(bytes.toByteArray());
    }
}
