package clusterd.fabric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's private keys on disk. */
class TunnelKeysTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void begin() {
        file = folder.resolve("tunnel-keys");
    }

    private TunnelKeys open() throws IOException {
        return TunnelKeys.open(file, new Random(1));
    }

    @Test
    void noneIsMadeUntilOneIsNeeded() throws IOException {
        assertEquals(Optional.empty(), open().newest());
        assertFalse(Files.exists(file));
    }

    @Test
    void aKeyIsItsOwnersAloneAndIsThereAgain() throws IOException {
        TunnelKeys keys = open();
        keys.need(0);
        String made = keys.newest().orElseThrow();
        keys.need(0);
        assertEquals(Optional.of(made), keys.newest());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        TunnelKeys again = open();
        assertEquals(Optional.of(made), again.newest());
        assertEquals(made, again.of(made).orElseThrow().publicText());
        assertEquals(Optional.empty(), again.of(""));
    }

    @Test
    void bothKeysAreThereUntilTheNewerIsKnown() throws IOException {
        TunnelKeys keys = open();
        keys.need(0);
        String first = keys.newest().orElseThrow();
        keys.need(2);
        String second = keys.newest().orElseThrow();
        assertNotEquals(first, second);
        assertEquals(first, open().of(first).orElseThrow().publicText());
        assertEquals(second, open().of(second).orElseThrow().publicText());
        keys.need(1);
        assertEquals(second, keys.newest().orElseThrow());
        keys.forgetOlder();
        assertEquals(Optional.empty(), open().of(first));
        assertEquals(second, open().newest().orElseThrow());
        keys.forgetAll();
        assertFalse(Files.exists(file));
    }

    @Test
    void aDamagedFileIsNotShown() throws IOException {
        Files.writeString(file, "0 c2VjcmV0\n");
        String message = assertThrows(IOException.class, this::open).getMessage();
        assertEquals(file + " is damaged: line 1 is no moment and key", message);
    }
}
