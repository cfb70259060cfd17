import api.node.ContainerState;
import api.node.ContainerSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Kills a daemon with -9 at random instants while clients use it, and looks after each restart whether
 * every container is what it may be: {@code Kills JCTL FOLDER KILLS SEED}. Prints lines as
 * {@code lib/cases.sh} does. The same seed does the same things, as far as time allows.
 */
final class Kills {
    private static final int WORKERS = 4;
    private static final int MAX_DELAY_MILLIS = 1000;
    private static final int MAX_START_MILLIS = 700;
    private static final String COUNTER = "trap 'echo end $i; exit 7' TERM; i=0;"
            + " while :; do i=$((i+1)); echo $i; sleep 0.02; done";

    private final Agent agent;
    private final Residue residue;
    private final int kills;
    private final Random random;
    private final List<Worker> workers = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Integer> witnesses = new HashMap<>();
    private int startedUnseen;
    private int endedUnseen;

    private Kills(Agent agent, int kills, long seed) throws Exception {
        this.agent = agent;
        this.residue = new Residue(agent);
        this.kills = kills;
        this.random = new Random(seed);
        for (int number = 0; number < WORKERS; number++) {
            workers.add(new Worker("w" + number, seed + 1 + number));
        }
    }

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[3]);
        System.out.println("# seed " + seed);
        Kills test = new Kills(new Agent(Path.of(arguments[0]), Path.of(arguments[1])),
                Integer.parseInt(arguments[2]), seed);
        try {
            test.run();
        } catch (IOException lost) {
            throw new IOException(lost.getMessage() + "; the agent " + test.agent.condition(), lost);
        } finally {
            test.agent.kill();
        }
    }

    private void run() throws Exception {
        agent.spawn();
        try (Client client = agent.connect()) {
            for (String network : List.of("none", "bridge")) {
                String name = "witness-" + network;
                witnesses.put(name, client.runDetached(
                        Client.container(name, network, "sh", "-c", COUNTER).build()));
            }
            agent.kill();
        }
        for (int number = 1; number <= kills && faults.isEmpty(); number++) {
            round(number);
        }
        agent.spawn();
        try (Client client = agent.connect()) {
            verify(client, "at the end");
            report(client);
        }
        int code = agent.end();
        say(code == 0 || code == 143 ? List.of() : List.of("exit code " + code),
                "the agent ends when told to");
        agent.removeNetwork();
        say(residue.ofNoAgent(), "nothing is left of the killed agent");
    }

    private void round(int number) throws Exception {
        agent.spawn();
        if (random.nextInt(10) == 0) {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_START_MILLIS));
            agent.kill();
            return;
        }
        try (Client client = agent.connect()) {
            verify(client, "after kill " + (number - 1));
            List<Thread> threads = new ArrayList<>();
            List<Client> clients = new ArrayList<>();
            for (Worker worker : workers) {
                Client own = agent.connect();
                clients.add(own);
                threads.add(Thread.ofPlatform().start(() -> worker.work(own)));
            }
            int unseen = number % 10 == 5 ? startUnseen(client, number) : 0;
            TimeUnit.MICROSECONDS.sleep(random.nextInt(1000 * MAX_DELAY_MILLIS));
            agent.kill();
            for (Thread thread : threads) {
                thread.join();
            }
            clients.forEach(Client::close);
            if (unseen != 0) {
                awaitEnd(unseen);
            }
        }
        workers.forEach(worker -> faults.addAll(worker.faults));
    }

    /** A container that will end while no daemon runs. */
    private int startUnseen(Client client, int number) throws Exception {
        startedUnseen++;
        return client.runDetached(Client.container("unseen-" + number, "none", "sh", "-c",
                "sleep 0.6; echo late; exit " + number).build());
    }

    private static void awaitEnd(int pid) throws InterruptedException {
        while (Files.exists(Path.of("/proc/" + pid))) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void verify(Client client, String when) throws Exception {
        List<String> problems = new ArrayList<>();
        Map<String, ContainerSummary> found = new HashMap<>();
        for (ContainerSummary each : client.list()) {
            if (found.put(each.getName(), each) != null) {
                problems.add("two containers are named " + each.getName());
            }
        }
        Set<String> expected = new HashSet<>(witnesses.keySet());
        for (Worker worker : workers) {
            for (Subject subject : worker.subjects) {
                expected.add(subject.name);
                check(subject, found.get(subject.name), problems);
            }
        }
        witnesses.forEach((name, pid) -> {
            ContainerSummary summary = found.get(name);
            if (summary == null || summary.getState() != ContainerState.RUNNING
                    || summary.getPid() != pid || !residue.isOf(pid, summary.getId())) {
                problems.add(name + " of process " + pid + " is " + summary);
            }
        });
        for (ContainerSummary each : found.values()) {
            if (each.getName().startsWith("unseen-")) {
                checkUnseen(client, each, problems);
            } else if (!expected.contains(each.getName()) && !each.getName().endsWith("-rm")) {
                problems.add(each.getName() + " should not exist");
            }
        }
        strangers(client, problems);
        problems.forEach(each -> faults.add(when + ": " + each));
    }

    private void check(Subject subject, ContainerSummary found, List<String> problems) {
        Subject.Life life = life(found);
        if (life == null || !subject.reachable().contains(life)) {
            problems.add(subject.name + " may be " + subject.reachable() + " but is "
                    + (found == null ? "absent" : found.getState()));
            return;
        }
        switch (life) {
            case RUNNING -> {
                if (subject.pid != 0 && subject.pid != found.getPid()) {
                    problems.add(subject.name + " was process " + subject.pid + " and is "
                            + found.getPid());
                }
                if (!residue.isOf(found.getPid(), found.getId()) && subject.endsWith == 0) {
                    problems.add(subject.name + " runs, but process " + found.getPid()
                            + " is not in its cgroup");
                }
                subject.runs(found.getPid());
            }
            case EXITED -> {
                if (!subject.codes.contains(found.getExitCode())) {
                    problems.add(subject.name + " exited with " + found.getExitCode()
                            + ", not one of " + subject.codes);
                }
                subject.codes.clear();
                subject.codes.add(found.getExitCode());
                subject.is(life);
            }
            case ABSENT, CREATED -> subject.is(life);
        }
    }

    private static Subject.Life life(ContainerSummary found) {
        if (found == null) {
            return Subject.Life.ABSENT;
        }
        return switch (found.getState()) {
            case CREATED -> Subject.Life.CREATED;
            case RUNNING -> Subject.Life.RUNNING;
            case EXITED -> Subject.Life.EXITED;
            default -> null;
        };
    }

    private void checkUnseen(Client client, ContainerSummary found, List<String> problems)
            throws Exception {
        int code = Integer.parseInt(found.getName().substring("unseen-".length()));
        String log = client.logs(found.getName());
        if (found.getState() != ContainerState.EXITED || found.getExitCode() != code
                || !log.equals("late\n")) {
            problems.add(found.getName() + " is " + found.getState() + ", exit code "
                    + found.getExitCode() + ", log " + log);
        }
        endedUnseen++;
        client.remove(found.getName());
    }

    /** Every process in a container's cgroup belongs to a container that runs. */
    private void strangers(Client client, List<String> problems) throws Exception {
        Map<String, List<String>> strangers = Map.of();
        for (int attempt = 0; attempt < 100; attempt++) {
            strangers = residue.processes();
            for (ContainerSummary each : client.list()) {
                if (each.getState() == ContainerState.RUNNING) {
                    strangers.remove(each.getId());
                }
            }
            if (strangers.isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        problems.add("processes of no running container: " + strangers);
    }

    private void report(Client client) throws Exception {
        List<String> lines = new ArrayList<>();
        for (String name : witnesses.keySet()) {
            client.stop(name, 10);
            checkLog(name, client.await(name), client.logs(name), lines);
        }
        say(faults, kills + " kills of the daemon, and every container is what it may be ("
                + workers.stream().mapToInt(each -> each.operations).sum() + " operations)");
        say(endedUnseen == startedUnseen ? List.of()
                : List.of(endedUnseen + " containers ended unseen, not " + startedUnseen),
                "the exit code of a container that ended without a daemon is kept");
        say(lines, "no container ended, no line of a log was lost or doubled");
        List<String> failed = new ArrayList<>();
        for (int attempt = 0; attempt < 50 && client.list().stream()
                .anyMatch(each -> each.getName().endsWith("-rm")); attempt++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        for (ContainerSummary each : client.list()) {
            if (each.getName().endsWith("-rm")) {
                failed.add(each.getName() + " was started with --rm and is " + each.getState());
            }
            client.remove(each.getName());
        }
        say(failed, "containers with --rm are gone, all others can be removed");
        // Links are taken away behind the answer.
        List<String> left = residue.ofNoContainer();
        for (int attempt = 0; attempt < 50 && !left.isEmpty(); attempt++) {
            TimeUnit.MILLISECONDS.sleep(100);
            left = residue.ofNoContainer();
        }
        say(left, "no process, cgroup, link, mount, lease or file of a container is left");
    }

    private static void checkLog(String name, int code, String log, List<String> problems) {
        String[] lines = log.split("\n");
        int number = 0;
        for (String line : lines) {
            if (line.equals("end " + number)) {
                break;
            }
            if (!line.equals("" + ++number)) {
                problems.add(name + ": line " + number + " is " + line);
                return;
            }
        }
        if (code != 7 || !lines[lines.length - 1].startsWith("end ")) {
            problems.add(name + " exited with " + code + ", its log ends with "
                    + lines[lines.length - 1]);
        }
        System.out.println("# " + name + " wrote " + number + " lines");
    }

    private static void say(List<String> problems, String name) {
        System.out.println(problems.isEmpty() ? "ok " + name
                : "not ok " + name + ": " + problems.size() + " problems");
        problems.forEach(each -> System.out.println("    " + each));
    }
}
