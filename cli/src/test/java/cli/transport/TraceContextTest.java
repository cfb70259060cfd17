package cli.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TraceContextTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static List<Header> sent(TraceContext trace) throws ProtocolException {
        return new HpackDecoder(8192).decode(HpackEncoder.request("/a/b", trace)).stream()
                .filter(header -> header.name().startsWith("trace")).toList();
    }

    @Test
    void whatTheEnvironmentSaysIsSent() throws Exception {
        assertEquals(List.of(new Header("traceparent", PARENT),
                new Header("tracestate", "vendor=a,other=b")),
                sent(TraceContext.of(PARENT, "vendor=a,other=b")));
        assertEquals(List.of(new Header("traceparent", PARENT)), sent(TraceContext.of(PARENT, "")));
        assertEquals(List.of(), sent(TraceContext.of("", "vendor=a")));
    }

    @Test
    void whatIsMalformedIsNobodys() {
        for (String wrong : List.of("x", PARENT + "0", PARENT.toUpperCase(java.util.Locale.ROOT),
                PARENT.replace('-', '_'), PARENT.replaceFirst("0", "\n"),
                PARENT.replaceFirst("a", "-"))) {
            assertSame(TraceContext.NONE, TraceContext.of(wrong, ""), wrong);
        }
    }

    @Test
    void aStateThatNoHeaderCanHoldIsLeftOut() {
        assertTrue(TraceContext.of(PARENT, "a=b\r\nhost: x").state().isEmpty());
        assertTrue(TraceContext.of(PARENT, "é").state().isEmpty());
        assertTrue(TraceContext.of(PARENT, "x".repeat(513)).state().isEmpty());
    }
}
