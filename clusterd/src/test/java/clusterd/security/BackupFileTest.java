package clusterd.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.UnlockKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BackupFileTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] STATE = "the state".getBytes(StandardCharsets.UTF_8);

    private static BackupFile.Content content() {
        return new BackupFile.Content("c1", 42, new AuthorityFolder.Handover("authority", new byte[] {1, 2}, "key"),
                STATE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWasSealedIsOpenedByItsKeyAlone() throws SealException {
        UnlockKey key = SealedKey.newUnlockKey(RANDOM);
        byte[] file = BackupFile.seal(content(), new BackupFile.Key.OfCluster(key), RANDOM);
        BackupFile.Content back = BackupFile.open(file, bytes(key.text() + "\n"));
        assertEquals("c1", back.clusterId());
        assertEquals(42, back.takenMillis());
        assertEquals("authority", back.handover().authority());
        assertArrayEquals(STATE, back.state());
        assertThrows(SealException.class, () ->
                BackupFile.open(file, bytes(SealedKey.newUnlockKey(RANDOM).text())));
        assertTrue(assertThrows(SealException.class, () -> BackupFile.open(file, bytes("a passphrase"))).getMessage()
                .contains("unlock key"), "which it wants");
    }

    @Test
    void aPassphraseOpensWithAndWithoutItsLineFeed() throws SealException {
        byte[] file = BackupFile.seal(content(), new BackupFile.Key.Passphrase(bytes("correct horse\n")), RANDOM);
        assertArrayEquals(STATE, BackupFile.open(file, bytes("correct horse")).state());
        assertThrows(SealException.class, () -> BackupFile.open(file, bytes("correct house")));
        assertThrows(IllegalArgumentException.class, () ->
                BackupFile.seal(content(), new BackupFile.Key.Passphrase(bytes("short\n")), RANDOM));
    }

    @Test
    void eachBrokenByteAndEachShorterFileIsNoticed() {
        UnlockKey key = SealedKey.newUnlockKey(RANDOM);
        byte[] text = bytes(key.text());
        byte[] file = BackupFile.seal(content(), new BackupFile.Key.OfCluster(key), RANDOM);
        for (int i = 0; i < file.length; i++) {
            byte[] broken = file.clone();
            broken[i] ^= 1;
            assertThrows(SealException.class, () -> BackupFile.open(broken, text));
            byte[] cut = Arrays.copyOf(file, i);
            assertThrows(SealException.class, () -> BackupFile.open(cut, text));
        }
    }
}
