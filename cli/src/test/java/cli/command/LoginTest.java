package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
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
}
