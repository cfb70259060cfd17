package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import linux.syscall.Descriptors;
import linux.syscall.Processes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.plan.LaunchPlan;
import runtime.plan.StatusPage;
import runtime.spec.Process;
import runtime.spec.SpecChange;
import testkit.NeedsKernel;
import testkit.Requires;

/** What strace sees of a real start is what the plan says, call for call, in both lanes. */
@NeedsKernel
class PlanIsTheTruthTest {
    private static final Pattern LINE =
            Pattern.compile("(\\d+)\\s+(\\w+)\\((.*)\\)\\s+= (-?\\d+|\\?|0x[0-9a-f]+).*");
    private static final Pattern UNFINISHED = Pattern.compile("(\\d+)\\s+(\\w+)\\((.*) <unfinished \\.\\.\\.>");
    private static final Pattern RESUMED =
            Pattern.compile("(\\d+)\\s+<\\.\\.\\. (\\w+) resumed>(.*)\\)\\s+= (-?\\d+|\\?|0x[0-9a-f]+).*");

    @TempDir Path folder;

    @Test
    void withoutUserNamespace() throws Exception {
        check(false, false);
    }

    @Test
    void withUserNamespace() throws Exception {
        check(true, false);
    }

    @Test
    void withTerminal() throws Exception {
        check(true, true);
    }

    @Test
    void withClocksPrioritiesAndPersonality() throws Exception {
        Requires.fact(Files.exists(Path.of("/proc/self/timens_offsets")), "no time namespaces");
        LaunchFixture fixture = new LaunchFixture(folder);
        fixture.changing(spec -> SpecChange.clocks(SpecChange.personality(
                SpecChange.ioPriority(SpecChange.scheduler(spec, new Process.Scheduler(
                        "SCHED_BATCH", 3, 0, List.of(), 0, 0, 0)), "IOPRIO_CLASS_IDLE", 0),
                "LINUX32"), 10, 20));
        check(fixture, true, false);
    }

    @Test
    void aCallThatIsNotInThePlanIsFound() throws Exception {
        LaunchPlan plan = new LaunchFixture(folder).request(false, false, false, "true").program().plan();
        PlanPath path = new PlanPath(plan, "container");
        assertEquals(List.of(), path.take(new PlanPath.Observed("prctl", "PR_SET_PDEATHSIG, SIGKILL", 0)));
        assertTrue(!path.take(new PlanPath.Observed("setsid", "", 0)).isEmpty());
    }

    private void check(boolean user, boolean terminal) throws Exception {
        check(new LaunchFixture(folder), user, terminal);
    }

    private void check(LaunchFixture fixture, boolean user, boolean terminal) throws Exception {
        Requires.root();
        Requires.program("strace");
        LaunchRequest request = fixture.request(user, terminal, false, "true");
        Map<Integer, List<PlanPath.Observed>> processes = trace(request, user);
        assertEquals(2, processes.size(), "keeper and container");
        List<List<PlanPath.Observed>> lanes = new ArrayList<>(processes.values());
        follow(request.program().plan(), "", lanes.get(0), "exit_group");
        follow(request.program().plan(), "container", lanes.get(1), "execve");
    }

    private static void follow(
            LaunchPlan plan, String label, List<PlanPath.Observed> calls, String last) {
        PlanPath path = new PlanPath(plan, label);
        for (int i = 0; i < calls.size(); i++) {
            PlanPath.Observed call = calls.get(i);
            List<String> expected = path.take(call);
            assertTrue(expected.isEmpty(), "call " + i + " " + call + " where the plan has " + expected);
            if (call.name().equals("execve") && call.result() == 0) {
                assertEquals("execve", last);
                return;
            }
        }
        assertEquals(last, calls.getLast().name());
    }

    /** Lets strace watch a keeper from before it is told what to do until all have ended. */
    private Map<Integer, List<PlanPath.Observed>> trace(LaunchRequest request, boolean user)
            throws Exception {
        StatusView page = StatusView.make(KeeperLauncher.statusFile(request.runFolder()));
        page.command(StatusPage.COMMAND_START);
        Path output = folder.resolve("strace");
        try (UserNamespaces namespaces = new UserNamespaces();
                KeeperSpawner spawner = new KeeperSpawner(0)) {
            SpareKeeper spare = spawner.spawn();
            java.lang.Process strace = new ProcessBuilder("strace", "-f", "-s", "100000", "-o",
                    output.toString(), "-p", Integer.toString(spare.pid()))
                    .redirectErrorStream(true).start();
            try (BufferedReader said = strace.inputReader()) {
                String attached = said.readLine();
                assertTrue(attached.contains("attached"), attached);
                spare.begin(request.program().encoded(),
                        user ? namespaces.path(request.program().plan().idMapping()) : "");
                String rest = said.readAllAsString();
                assertTrue(strace.waitFor(60, TimeUnit.SECONDS));
                assertEquals(0, strace.exitValue(), rest + tail(output));
            } finally {
                Processes.reap(spare.pidfd());
                Descriptors.close(spare.pidfd());
            }
        }
        return withoutPrologue(parse(Files.readAllLines(output)));
    }

    /** What a keeper does before it has a plan: nothing but wait for one and read it. It may be on its way to where it waits yet. */
    private static Map<Integer, List<PlanPath.Observed>> withoutPrologue(
            Map<Integer, List<PlanPath.Observed>> processes) {
        List<PlanPath.Observed> keeper = processes.values().iterator().next();
        while (Set.of("read", "ppoll", "restart_syscall").contains(keeper.getFirst().name())) {
            keeper.removeFirst();
        }
        List<String> prologue = List.of("pread64", "openat", "dup3", "close", "close", "close",
                "pread64", "close");
        assertEquals(prologue, keeper.subList(0, prologue.size()).stream()
                .map(PlanPath.Observed::name).toList());
        keeper.subList(0, prologue.size()).clear();
        return processes;
    }

    private static String tail(Path output) throws Exception {
        List<String> lines = Files.readAllLines(output);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private static Map<Integer, List<PlanPath.Observed>> parse(List<String> lines) {
        Map<Integer, List<PlanPath.Observed>> processes = new LinkedHashMap<>();
        Map<Integer, String> open = new HashMap<>();
        for (String line : lines) {
            Matcher whole = LINE.matcher(line);
            Matcher begun = UNFINISHED.matcher(line);
            Matcher ended = RESUMED.matcher(line);
            if (begun.matches()) {
                open.put(Integer.valueOf(begun.group(1)), begun.group(3));
                if (begun.group(2).equals("exit_group")) {
                    add(processes, begun.group(1), "exit_group", begun.group(3), "?");
                }
            } else if (ended.matches()) {
                String arguments = open.remove(Integer.valueOf(ended.group(1))) + ended.group(3);
                add(processes, ended.group(1), ended.group(2), arguments, ended.group(4));
            } else if (whole.matches()) {
                add(processes, whole.group(1), whole.group(2), whole.group(3), whole.group(4));
            }
        }
        return processes;
    }

    private static void add(Map<Integer, List<PlanPath.Observed>> processes,
            String pid, String name, String arguments, String result) {
        long value = result.equals("?") ? 0
                : result.startsWith("0x") ? Long.parseUnsignedLong(result.substring(2), 16)
                : Long.parseLong(result);
        processes.computeIfAbsent(Integer.valueOf(pid), key -> new ArrayList<>())
                .add(new PlanPath.Observed(name, arguments, value));
    }
}
