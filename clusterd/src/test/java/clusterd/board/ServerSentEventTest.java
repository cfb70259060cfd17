package clusterd.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerSentEventTest {
    private static String text(String name, String id, String data) {
        return new String(new ServerSentEvent(name, id, data).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void hasTheFormOfTheStandard() {
        assertEquals("event: line\nid: 7\ndata: hé\n\n", text("line", "7", "hé"));
        assertEquals("event: line\ndata: \n\n", text("line", "", ""));
    }

    @Test
    void noDataEndsIt() {
        assertEquals("event: line\ndata: a\ndata: \ndata: event: snapshot\ndata: data: x\ndata: b\n\n",
                text("line", "", "a\n\nevent: snapshot\r\ndata: x\rb"));
    }

    @Test
    void namesAndIdsAreOfOneLine() {
        for (String bad : List.of("a\nb", "a\rb", "a\0b")) {
            assertThrows(IllegalArgumentException.class, () -> new ServerSentEvent(bad, "", ""));
            assertThrows(IllegalArgumentException.class, () -> new ServerSentEvent("a", bad, ""));
        }
    }
}
