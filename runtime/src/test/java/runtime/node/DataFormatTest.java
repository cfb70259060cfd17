package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFormatTest {
    @TempDir Path data;
    private final List<String> done = new ArrayList<>();
    private boolean fails;

    private DataFormat third() {
        return new DataFormat(List.of(folder -> done.add("2"), folder -> {
            if (fails) {
                throw new IOException("the disk is full");
            }
            done.add("3");
        }));
    }

    private String number() throws IOException {
        return Files.readString(data.resolve("format")).strip();
    }

    @Test
    void aNewFolderGetsTheNumberOfItsDaemon() throws IOException {
        assertEquals(List.of(), DataFormat.current().settle(data));
        assertEquals(Integer.toString(DataFormat.CURRENT), number());
        assertEquals(List.of(), DataFormat.current().settle(data));
    }

    @Test
    void anOlderFolderIsBroughtUpAStepAtATime() throws IOException {
        new DataFormat(List.of()).settle(data);
        assertEquals(2, third().settle(data).size());
        assertEquals(List.of("2", "3"), done);
        assertEquals("3", number());
    }

    @Test
    void aStepThatFailsIsDoneAgain() throws IOException {
        new DataFormat(List.of()).settle(data);
        fails = true;
        assertThrows(IOException.class, () -> third().settle(data));
        assertEquals("2", number());
        fails = false;
        third().settle(data);
        assertEquals(List.of("2", "3"), done);
    }

    @Test
    void aNewerFolderIsLeftAlone() throws IOException {
        third().settle(data);
        IOException refused =
                assertThrows(IOException.class, () -> DataFormat.current().settle(data));
        assertTrue(refused.getMessage().contains("newer jctl (format 3"), refused.getMessage());
        assertEquals("3", number());
    }

    @Test
    void aDamagedNumberIsSaid() throws IOException {
        for (String text : List.of("", "x", "-1", "99999999999")) {
            Files.writeString(data.resolve("format"), text);
            assertThrows(IOException.class, () -> DataFormat.current().settle(data), text);
        }
    }
}
