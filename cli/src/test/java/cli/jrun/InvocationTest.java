package cli.jrun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.oci.OciException;

/** The command line, as its callers spell it. */
class InvocationTest {
    @TempDir Path folder;

    @Test
    void containerdsCreateIsUnderstood() throws Exception {
        Invocation call = Invocation.parse(List.of("--root", "/run/r", "--log", "/l.json",
                "--log-format", "json", "create", "--bundle", "/b", "--pid-file", "/b/init.pid",
                "c1"));
        assertEquals("create", call.command());
        assertEquals("/run/r", call.globalValue("root").orElseThrow());
        assertEquals(Path.of("/b/init.pid"), call.path("pid-file").orElseThrow());
        assertEquals("c1", call.id());
    }

    @Test
    void podmansExecIsUnderstood() throws Exception {
        Invocation call = Invocation.parse(List.of("exec", "--pid-file", "/p", "--process",
                "/process.json", "--detach", "--tty", "--console-socket=/s", "c1"));
        assertTrue(call.isOn("detach") && call.isOn("tty"));
        assertEquals(Path.of("/s"), call.path("console-socket").orElseThrow());
    }

    @Test
    void optionsEndWithTheFirstOtherWord() throws Exception {
        Invocation call = Invocation.parse(List.of("exec", "-e", "A=1", "-e", "B=2", "c1", "ls", "-l"));
        assertEquals(List.of("A=1", "B=2"), call.values("env"));
        assertEquals(List.of("c1", "ls", "-l"), call.words());
    }

    @Test
    void aFlagCanBeSwitchedOff() throws Exception {
        assertFalse(Invocation.parse(List.of("delete", "--force=false", "c1")).isOn("force"));
    }

    @Test
    void whatIsNotKnownIsRefused() {
        assertThrows(OciException.class, () -> Invocation.parse(List.of("createe", "c1")));
        assertThrows(OciException.class, () -> Invocation.parse(List.of("create", "--budnle", "/b")));
        assertThrows(OciException.class, () -> Invocation.parse(List.of("create", "--bundle")));
        assertThrows(OciException.class, () -> Invocation.parse(List.of("state")).id());
    }

    @Test
    void limitsBecomeTheSpecificationsJson() throws Exception {
        Invocation call = Invocation.parse(
                List.of("update", "--memory", "64m", "--cpuset-cpus", "0-1", "c1"));
        assertEquals("{\"memory\":{\"limit\":67108864},\"cpu\":{\"cpus\":\"0-1\"}}",
                UpdateOptions.json(call));
        assertThrows(OciException.class, () -> UpdateOptions.json(
                Invocation.parse(List.of("update", "--memory", "much", "c1"))));
        assertThrows(OciException.class,
                () -> UpdateOptions.json(Invocation.parse(List.of("update", "c1"))));
    }

    @Test
    void theLogIsAsLogrusWritesIt() {
        Instant time = Instant.parse("2026-01-02T03:04:05Z");
        assertEquals("{\"level\":\"error\",\"msg\":\"a \\\"b\\\"\",\"time\":\"2026-01-02T03:04:05Z\"}",
                ErrorLog.line(true, "error", "a \"b\"", time));
        assertEquals("time=\"2026-01-02T03:04:05Z\" level=error msg=\"a \\\"b\\\"\"",
                ErrorLog.line(false, "error", "a \"b\"", time));
    }

    @Test
    void anErrorIsOnStandardErrorAndInTheLogAndTheCodeIsOne() throws Exception {
        Path log = folder.resolve("log");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = Jrun.run(List.of("--root", folder.toString(), "--log", log.toString(),
                "--log-format", "json", "state", "nobody"), System.out, new PrintStream(errors, true));
        assertEquals(1, code);
        assertEquals("jrun: container nobody does not exist\n", errors.toString());
        assertTrue(Files.readString(log).contains("\"msg\":\"container nobody does not exist\""));
    }

    @Test
    void systemdsCgroupsAreAskedForAsRuncOrCrunHaveIt() throws Exception {
        assertTrue(Invocation.parse(List.of("--systemd-cgroup", "create", "c1")).isSystemd());
        assertTrue(Invocation.parse(List.of("--cgroup-manager", "systemd", "create", "c1")).isSystemd());
        assertFalse(Invocation.parse(List.of("--cgroup-manager", "cgroupfs", "create", "c1")).isSystemd());
    }
}
