package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {
    @TempDir
    Path folder;

    @Test
    void theUserIsTheOwnerOfWhatHeMakes() throws Exception {
        Path made = Files.createFile(folder.resolve("file"));
        assertEquals(Files.getAttribute(made, "unix:uid"), Login.userId());
    }

    @Test
    void anOrdinaryUsersRunFolderIsHisOwn() {
        assertEquals(Path.of("/run/user/1000/jctl"), Login.runFolder("/run/user/1000", 1000));
        assertEquals(Path.of("/tmp/jctl-1000"), Login.runFolder("", 1000));
    }

    @Test
    void soIsHisDataFolder() {
        assertEquals(Path.of("/home/one/.local/share/jctl"), Login.dataFolder("", Path.of("/home/one")));
        assertEquals(Path.of("/data/jctl"), Login.dataFolder("/data", Path.of("/home/one")));
    }

    @Test
    void aRunFolderThatOthersCouldHaveMadeIsRefused() throws Exception {
        int user = Login.userId();
        Path own = folder.resolve("own");
        Login.check(own, user); // it is still to be made
        Files.createDirectory(own, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        Login.check(own, user);
        assertThrows(IOException.class, () -> Login.check(own, user + 1));
        Path link = Files.createSymbolicLink(folder.resolve("link"), own);
        assertThrows(IOException.class, () -> Login.check(link, user));
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
        IOException open = assertThrows(IOException.class, () -> Login.check(own, user));
        assertTrue(open.getMessage().contains(own + " must be a folder of user " + user), open.getMessage());
    }
}
