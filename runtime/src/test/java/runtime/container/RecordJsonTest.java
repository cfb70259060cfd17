package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

    @Test
    void aRecordComesBackEqual() throws IOException {
        ContainerRecord record = Samples.created(Samples.ID, "web", """
                {"image": "debian", "args": ["a", ""], "entrypoint": [[]], "env": ["A=ü\\n"],
                 "limits": {"memoryBytes": 9007199254740993, "pids": [-1],
                            "ulimits": [{"name": "nofile", "soft": 1, "hard": 2}]},
                 "security": {"noNewPrivileges": [false]},
                 "mounts": [{"kind": "BIND", "source": "/s", "target": "/t", "mode": [511]}],
                 "labels": {"": "x"}, "stopTimeoutSeconds": [0]}""");
        assertEquals(Optional.of(List.of()), record.options().entrypoint());
        assertEquals(Optional.of(false), record.options().security().noNewPrivileges());
        ContainerRecord ended = record.running(Samples.run(7)).exited(Samples.exit(137));
        for (ContainerRecord each : List.of(record, record.running(Samples.run(7)), ended)) {
            assertEquals(each, RecordJson.read(RecordJson.write(each), ContainerRecord.class));
        }
    }

    @Test
    void aWrongTypeNamesTheMember() {
        assertRefused("ContainerOptions.limits.memoryBytes: not a long",
                "{\"limits\": {\"memoryBytes\": \"1\"}}");
        assertRefused("ContainerOptions.mounts[0].kind: unknown name X",
                "{\"mounts\": [{\"kind\": \"X\"}]}");
        assertRefused("ContainerOptions.args: not an array", "{\"args\": {}}");
        assertRefused("ContainerOptions.entrypoint: not an array of one", "{\"entrypoint\": []}");
        assertRefused("not a JSON object", "[]");
        assertRefused("not a JSON object", "");
    }

    private static void assertRefused(String expected, String json) {
        String message = assertThrows(IOException.class, () -> RecordJson.read(
                json.getBytes(StandardCharsets.UTF_8), ContainerOptions.class)).getMessage();
        assertTrue(message.startsWith(expected), message);
    }
}
