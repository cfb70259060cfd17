package clusterd.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.credential.CredentialException;
import clusterd.credential.UnlockKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] SECRET = "hunter2".getBytes(StandardCharsets.UTF_8);
    private final SetClock clock = new SetClock();

    @TempDir
    private Path folder;

    @Test
    void aSealedSecretDoesNotOpenUnderAnotherName() throws Exception {
        Seal seal = Seal.create(RANDOM);
        byte[] sealed = seal.seal(SECRET, "secret/db-password");
        assertArrayEquals(SECRET, seal.open(sealed, "secret/db-password"));
        SealException refused = assertThrows(SealException.class, () -> seal.open(sealed, "secret/web-password"));
        assertTrue(refused.getMessage().contains("'secret/web-password' does not open"), refused.getMessage());
    }

    @Test
    void noByteOfASealedSecretCanBeChanged() {
        Seal seal = Seal.create(RANDOM);
        byte[] sealed = seal.seal(SECRET, "secret/a");
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThrows(SealException.class, () -> seal.open(changed, "secret/a"));
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThrows(SealException.class, () -> seal.open(cut, "secret/a"));
        }
    }

    @Test
    void anOlderDataKeyOpensUntilItIsForgotten() throws Exception {
        Seal first = Seal.create(RANDOM);
        byte[] sealed = first.seal(SECRET, "secret/a");
        Seal second = first.rotate();
        assertTrue(second.isOlder(sealed));
        byte[] again = second.seal(second.open(sealed, "secret/a"), "secret/a");
        assertFalse(second.isOlder(again));
        assertArrayEquals(SECRET, second.forgetOlder().open(again, "secret/a"));
        assertThrows(SealException.class, () -> second.forgetOlder().open(sealed, "secret/a"));
        assertThrows(SealException.class, () -> first.open(again, "secret/a"));
    }

    @Test
    void dataKeysOpenWithTheirUnlockKeyAlone() throws Exception {
        Seal seal = Seal.create(RANDOM).rotate();
        byte[] sealed = seal.seal(SECRET, "secret/a");
        UnlockKey key = SealedKey.newUnlockKey(RANDOM);
        SealedKey kept = SealedKey.of(seal, key, RANDOM);
        assertArrayEquals(SECRET, kept.open(UnlockKey.parse(key.text()), RANDOM).open(sealed, "secret/a"));
        assertThrows(SealException.class, () -> kept.open(SealedKey.newUnlockKey(RANDOM), RANDOM));
        assertThrows(SealException.class, () -> new SealedKey(new byte[3]).open(key, RANDOM));
        assertThrows(CredentialException.class, () -> UnlockKey.parse(key.text().substring(0, 30)));
    }

    @Test
    void aLockedAuthoritySaysHowToUnlock() throws Exception {
        AuthorityFolder kept = new AuthorityFolder(folder.resolve("authority"), clock, RANDOM);
        AuthorityFolder.Opened first = kept.create(Authority.create("c1", clock, RANDOM));
        assertEquals(first.authority().root(), kept.open(Optional.empty()).authority().root());
        UnlockKey shown = SealedKey.newUnlockKey(RANDOM);
        kept.lock(first, shown);
        assertTrue(kept.isLocked());

        LockedException locked = assertThrows(LockedException.class, () -> kept.open(Optional.empty()));
        assertTrue(locked.getMessage().contains("authority of cluster c1 is locked"), locked.getMessage());
        assertTrue(locked.getMessage().contains("`jctl cluster unlock`"), locked.getMessage());
        SealException wrong = assertThrows(SealException.class, () -> kept.open(Optional.of(first.unlockKey())));
        assertTrue(wrong.getMessage().contains("the unlock key is not the one"), wrong.getMessage());
        AuthorityFolder.Opened opened = kept.open(Optional.of(UnlockKey.parse(shown.text())));
        assertEquals(first.authority().root(), opened.authority().root());

        kept.keepUnlocked(opened);
        assertEquals(first.authority().root(), kept.open(Optional.empty()).authority().root());
    }

    @Test
    void aCrashWhileLockingLeavesTheKeyThatWasShown() throws Exception {
        Path authority = folder.resolve("authority");
        AuthorityFolder kept = new AuthorityFolder(authority, clock, RANDOM);
        AuthorityFolder.Opened first = kept.create(Authority.create("c1", clock, RANDOM));
        byte[] oldKey = PrivateFile.read(authority.resolve("unlock-key"));
        UnlockKey shown = SealedKey.newUnlockKey(RANDOM);
        kept.lock(first, shown);
        PrivateFile.write(authority.resolve("unlock-key"), oldKey); // as before the last step
        assertThrows(SealException.class, () -> kept.open(Optional.empty()));
        AuthorityFolder.Opened opened = kept.open(Optional.of(shown));
        assertEquals(first.authority().root(), kept.lock(opened, shown).authority().root());
        assertTrue(kept.isLocked());
    }

    @Test
    void noKeyLiesOnTheDiskInTheOpenWhenLocked() throws Exception {
        AuthorityFolder kept = new AuthorityFolder(folder.resolve("authority"), clock, RANDOM);
        AuthorityFolder.Opened opened = kept.lock(
                kept.create(Authority.create("c1", clock, RANDOM)), SealedKey.newUnlockKey(RANDOM));
        try (var files = Files.list(folder.resolve("authority"))) {
            List<Path> all = files.sorted().toList();
            assertEquals(List.of("authority.pem", "cluster", "data-keys"),
                    all.stream().map(file -> file.getFileName().toString()).toList());
            for (Path file : all) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(text.contains("PRIVATE KEY") || text.contains(opened.unlockKey().text()), file.toString());
            }
        }
    }

    @Test
    void aDataKeyIsExchangedOnTheDisk() throws Exception {
        AuthorityFolder kept = new AuthorityFolder(folder.resolve("authority"), clock, RANDOM);
        AuthorityFolder.Opened first = kept.create(Authority.create("c1", clock, RANDOM));
        byte[] sealed = first.seal().seal(SECRET, "secret/a");
        kept.rotateDataKey(first);
        AuthorityFolder.Opened again = kept.open(Optional.empty());
        assertEquals(2, again.seal().current());
        assertArrayEquals(SECRET, again.seal().open(sealed, "secret/a"));
    }
}
