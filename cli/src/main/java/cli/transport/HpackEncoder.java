package cli.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Encodes the header block of a gRPC request as literals without indexing (RFC 7541 §6.2.2), so that
 * neither end keeps anything.
 */
final class HpackEncoder {
    /** Places in the static table. */
    private static final int AUTHORITY = 1;
    private static final int METHOD_POST = 3;
    private static final int PATH = 4;
    private static final int SCHEME_HTTP = 6;
    private static final int CONTENT_TYPE = 31;
    private static final int USER_AGENT = 58;

    private HpackEncoder() {}

    /**
     * The block of a gRPC call (gRPC over HTTP2, "Request-Headers").
     *
     * @param path "/package.Service/Method", ASCII
     * @param trace whose part the call is
     */
    static byte[] request(String path, TraceContext trace) {
        ByteArrayOutputStream block = new ByteArrayOutputStream(128);
        block.write(0x80 | METHOD_POST);
        block.write(0x80 | SCHEME_HTTP);
        literal(block, PATH, path);
        literal(block, AUTHORITY, "localhost");
        literal(block, CONTENT_TYPE, "application/grpc");
        named(block, "te", "trailers");
        literal(block, USER_AGENT, "jctl");
        if (!trace.parent().isEmpty()) {
            named(block, "traceparent", trace.parent());
            if (!trace.state().isEmpty()) {
                named(block, "tracestate", trace.state());
            }
        }
        return block.toByteArray();
    }

    private static void named(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        string(block, name);
        string(block, value);
    }

    private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
        integer(block, 4, nameIndex);
        string(block, value);
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        integer(block, 7, bytes.length);
        block.write(bytes, 0, bytes.length);
    }

    private static void integer(ByteArrayOutputStream block, int prefixBits, int value) {
        int mask = (1 << prefixBits) - 1;
        if (value < mask) {
            block.write(value);
            return;
        }
        block.write(mask);
        int rest = value - mask;
        while (rest >= 0x80) {
            block.write(rest & 0x7f | 0x80);
            rest >>= 7;
        }
        block.write(rest);
    }
}
