package linux.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import linux.proc.Accounts.Identity;
import linux.proc.Accounts.UnknownAccountException;
import org.junit.jupiter.api.Test;

/** {@code --user} as docker resolves it. */
class AccountsTest {
    private static final Accounts ACCOUNTS = Accounts.parse("""
            root:x:0:0:root:/root:/bin/bash
            # a comment
            broken line
            app:x:1000:1000::/home/app:/bin/sh
            other:x:1001:50::/home/other:
            +::::::
            99999999999:x:1:1::/:
            big:x:4294967295:0::/:
            """, """
            root:x:0:
            adm:x:4:app,other
            staff:x:50:
            app:x:1000:
            video:x:44:app
            again:x:44:app
            """);

    private static Identity resolve(String text) throws UnknownAccountException {
        return ACCOUNTS.resolve(text);
    }

    @Test
    void nothingMeansRoot() throws UnknownAccountException {
        assertEquals(new Identity(0, 0, List.of(), Optional.of("root"), "/root"), resolve(""));
        assertEquals(new Identity(0, 0, List.of(), Optional.empty(), "/"),
                Accounts.parse("", "").resolve(""));
    }

    @Test
    void aNameOrItsNumberBringsGroupsAndHome() throws UnknownAccountException {
        Identity app =
                new Identity(1000, 1000, List.of(4L, 44L), Optional.of("app"), "/home/app");
        assertEquals(app, resolve("app"));
        assertEquals(app, resolve("1000"));
    }

    @Test
    void aGroupGivenReplacesAllOthers() throws UnknownAccountException {
        assertEquals(new Identity(1000, 50, List.of(), Optional.of("app"), "/home/app"),
                resolve("app:staff"));
        assertEquals(7, resolve("1000:7").gid());
        assertEquals(0, resolve(":root").uid());
    }

    @Test
    void numbersNeedNoEntry() throws UnknownAccountException {
        assertEquals(new Identity(12345, 0, List.of(), Optional.empty(), "/"), resolve("12345"));
        assertEquals(44, ACCOUNTS.groupId("video"));
        assertEquals(777, ACCOUNTS.groupId("777"));
    }

    @Test
    void refusesWhatIsUnknownOrOutOfRange() {
        for (String text : List.of("nobody", "app:nobody", "-1", "4294967295", "2147483648",
                "9999999999999999999999", "big", "app:-5", "+", "0x0", "a:b:c", " ")) {
            UnknownAccountException failure =
                    assertThrows(UnknownAccountException.class, () -> resolve(text), text);
            assertTrue(failure.getMessage().contains("/etc/") || failure.getMessage()
                    .contains("out of range"), failure.getMessage());
        }
    }
}
