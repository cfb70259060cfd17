package linux.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessViewTest {
    /** Started at tick 100,000 of a machine up for 2,000 s: 1,000 s ago; 90 s of processor time. */
    private static final String STAT = "77 (a) b\u001b (c) S 1 77 77 34818 77 4194304 1 0 0 0 6000 3000"
            + " 0 0 25 5 2 0 100000 2097152 256 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0\n";
    private static final String STATUS = "Name:\ta\nUid:\t33\t1000\t33\t33\nGid:\t44\t7\t44\t44\n"
            + "VmRSS:\t    2048 kB\n";
    private static final ProcessClock MACHINE = new ProcessClock(
            Instant.parse("2026-01-02T12:00:00Z"), ZoneOffset.UTC, 2_000, 1L << 30,
            Accounts.parse("web:x:33:44:web:/srv:/bin/sh\n", "log:x:7:\n"));

    private static ProcessFacts process(String... arguments) {
        return new ProcessFacts(ProcessStat.parse(STAT), ProcessStatus.parse(STATUS),
                List.of(arguments));
    }

    private static String row(String... options) {
        return String.join("|", ProcessView.parse(List.of(options))
                .row(process("nginx", "-g", "daemon off;"), MACHINE));
    }

    private static String headings(String... options) {
        return String.join(" ", ProcessView.parse(List.of(options)).headings());
    }

    @Test
    void theFullView() {
        assertEquals("UID PID PPID C STIME TTY TIME CMD", headings());
        assertEquals(headings(), headings("-ef"));
        assertEquals("1000|77|1|9|11:43|pts/2|00:01:30|nginx -g daemon off;", row());
    }

    @Test
    void theViewOfUsers() {
        assertEquals("USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND", headings("aux"));
        assertEquals("1000|77|9.0|0.2|2048|2048|pts/2|SNsl+|11:43|1:30|nginx -g daemon off;",
                row("aux"));
        assertEquals("PID TTY STAT TIME COMMAND", headings("ax"));
        assertEquals("PID TTY TIME CMD", headings("-e"));
    }

    @Test
    void columnsByName() {
        assertEquals("77|web|33|log|7|5|14|3|2", row("-o", "pid,ruser,ruid,group,gid,ni,pri", "-o",
                "psr nlwp"));
        assertEquals("16:40|1000|00:01:30|90|a) b\u001b (c", row("-eo", "etime,etimes,time,times,comm"));
        assertEquals("Fri Jan  2 11:43:20 2026", row("--format=lstart"));
        assertEquals("PID WHO,X", headings("-opid", "-o", "user=WHO,X"));
        assertEquals("", headings("-o", "pid="));
        assertEquals("77", row("axo", "PID"));
    }

    @Test
    void processesWithoutArguments() {
        ProcessView view = ProcessView.parse(List.of("-o", "args"));
        assertEquals(List.of("[a) b\u001b (c]"), view.row(process(), MACHINE));
        ProcessFacts zombie = new ProcessFacts(ProcessStat.parse(STAT.replace(" S 1 ", " Z 1 ")),
                ProcessStatus.parse(""), List.of());
        assertEquals(List.of("[a) b\u001b (c] <defunct>"), view.row(zombie, MACHINE));
        assertEquals("0", String.join("", ProcessView.parse(List.of("-o", "rss"))
                .row(zombie, MACHINE)));
    }

    @Test
    void startedLongAgo() {
        ProcessClock later = new ProcessClock(MACHINE.now(), ZoneOffset.UTC, 1_000 + 90_061,
                1L << 30, MACHINE.accounts());
        assertEquals(List.of("Jan01", "1-01:01:01"),
                ProcessView.parse(List.of("-o", "stime,etime")).row(process(), later));
    }

    @Test
    void whatIsNotKnownIsSaid() {
        for (String[] options : new String[][] {{"-o", "secret"}, {"-Z"}, {"--sort=pid"}, {"-o"},
            {"-o", ","}, {""}, {"-"}, {"-o", "="}, {"f"}}) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> ProcessView.parse(List.of(options)), String.join(" ", options))
                    .getMessage();
            assertTrue(message.contains("pid, ppid, "), message);
        }
    }
}
