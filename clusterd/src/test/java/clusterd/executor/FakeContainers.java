package clusterd.executor;

import api.node.CreateContainerRequest;
import api.node.PortRequest;
import api.node.PullPolicy;
import clusterd.executor.ContainersException.Kind;
import clusterd.model.TaskId;
import clusterd.template.TaskNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A container daemon in memory. Programs it knows: {@code sleep N} runs until it gets a signal, {@code sh -c "exit
 * N"} ends at once; one with {@code trap 'exit N' TERM} ends so when it is stopped. Images are stored, but for
 * those of {@code localhost:1}, which does not answer, and those with {@code missing} in their name.
 */
final class FakeContainers implements TaskContainers {
    private static final Pattern EXIT = Pattern.compile("exit (\\d+)");
    private static final Pattern TRAP = Pattern.compile("trap 'exit (\\d+)' TERM");
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private static final class One {
        final String id;
        final CreateContainerRequest request;
        ContainerSeen.State state = ContainerSeen.State.CREATED;
        ContainerSeen.Health health = ContainerSeen.Health.NONE;
        ContainerExit exit = ContainerExit.of(0);
        int starts;

        One(String id, CreateContainerRequest request) {
            this.id = id;
            this.request = request;
        }
    }

    /** A call that fails, once. */
    private record Failure(String call, boolean afterDoingIt, ContainersException exception) {
    }

    private final Map<String, One> all = new LinkedHashMap<>();
    private final List<Consumer<Optional<TaskId>>> watchers = new CopyOnWriteArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Map<String, CountDownLatch> gates = new HashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Set<String> pulled = new HashSet<>();
    private int made;

    // ---- what tests do to it ----

    /** The next call of that name fails: before it did anything, or after. */
    synchronized void failNext(String call, boolean afterDoingIt, Kind kind, String message) {
        failures.add(new Failure(call, afterDoingIt, new ContainersException(kind, message)));
    }

    /** Calls of that name wait, once they have been noted, until the latch is counted down. */
    synchronized CountDownLatch hold(String call) {
        CountDownLatch gate = new CountDownLatch(1);
        gates.put(call, gate);
        return gate;
    }

    /** {@code "start TASK"} and the like, in their order. */
    List<String> calls() {
        return calls;
    }

    synchronized CreateContainerRequest request(String task) {
        return one(task).request;
    }

    synchronized int starts(String task) {
        return one(task).starts;
    }

    synchronized int count() {
        return all.size();
    }

    synchronized ContainerSeen.State state(String task) {
        return one(task).state;
    }

    private One one(String task) {
        return all.values().stream().filter(each -> task(each).value().equals(task)).findFirst()
                .orElseThrow(() -> new IllegalStateException("no container of " + task));
    }

    /** Its program ends by itself. */
    void end(String task, ContainerExit exit) {
        synchronized (this) {
            ended(one(task), exit);
        }
        tell(task);
    }

    void health(String task, ContainerSeen.Health health) {
        synchronized (this) {
            one(task).health = health;
        }
        tell(task);
    }

    /** A user removes it by force: first it is killed, then it goes. */
    void removedByAUser(String task) {
        end(task, new ContainerExit(128 + SIGKILL, SIGKILL, false, false));
        synchronized (this) {
            all.remove(one(task).id);
        }
        tell(task);
    }

    /** The host goes down, and comes back: nobody saw the ends. */
    synchronized void reboot() {
        all.values().stream().filter(each -> each.state == ContainerSeen.State.RUNNING)
                .forEach(each -> ended(each, new ContainerExit(255, 0, false, true)));
    }

    // ---- what the executor does to it ----

    private static TaskId task(One one) {
        return new TaskId(one.request.getLabelsOrThrow(TaskNames.TASK_LABEL));
    }

    private void tell(String task) {
        watchers.forEach(each -> each.accept(Optional.of(new TaskId(task))));
    }

    private void tell(One one) {
        tell(task(one).value());
    }

    private static ContainerSeen seen(One one) {
        return new ContainerSeen(one.id, task(one), one.state, one.health);
    }

    private void ended(One one, ContainerExit exit) {
        one.state = ContainerSeen.State.ENDED;
        one.health = ContainerSeen.Health.NONE;
        one.exit = exit;
        notifyAll();
    }

    private void begin(String call, String what) throws ContainersException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CountDownLatch gate;
        synchronized (this) {
            calls.add(call + " " + what);
            gate = gates.get(call);
        }
        if (gate != null) {
            gate.await();
        }
        fail(call, false);
    }

    private synchronized void fail(String call, boolean afterDoingIt) throws ContainersException {
        for (Failure failure : failures) {
            if (failure.call.equals(call) && failure.afterDoingIt == afterDoingIt) {
                failures.remove(failure);
                throw failure.exception;
            }
        }
    }

    private synchronized One get(String id) throws ContainersException {
        One one = all.get(id);
        if (one == null) {
            throw new ContainersException(Kind.GONE, "no container " + id);
        }
        return one;
    }

    private String name(String id) {
        synchronized (this) {
            return all.containsKey(id) ? task(all.get(id)).value() : id;
        }
    }

    @Override
    public List<ContainerSeen> list() throws ContainersException, InterruptedException {
        begin("list", "");
        synchronized (this) {
            return all.values().stream().map(FakeContainers::seen).toList().reversed();
        }
    }

    @Override
    public Optional<ContainerSeen> find(TaskId task) throws ContainersException, InterruptedException {
        begin("find", task.value());
        synchronized (this) {
            return all.values().stream().filter(each -> task(each).equals(task)).map(FakeContainers::seen)
                    .max(Comparator.comparing(ContainerSeen::id));
        }
    }

    @Override
    public Optional<ContainerSeen> look(String id) throws ContainersException, InterruptedException {
        begin("look", name(id));
        synchronized (this) {
            return Optional.ofNullable(all.get(id)).map(FakeContainers::seen);
        }
    }

    @Override
    public void pull(CreateContainerRequest request) throws ContainersException, InterruptedException {
        begin("pull", request.getImage());
        if (request.getPullPolicy() == PullPolicy.NEVER) {
            return;
        }
        if (request.getImage().startsWith("localhost:1/")) {
            throw new ContainersException(Kind.PASSING, "the registry localhost:1 does not answer");
        }
        if (request.getImage().contains("locked") && request.getAuth().getPassword().isEmpty()) {
            throw new ContainersException(Kind.REFUSED, "the registry wants a login");
        }
        if (request.getImage().contains("missing")) {
            throw new ContainersException(Kind.REFUSED, "there is no image " + request.getImage());
        }
        synchronized (this) {
            pulled.add(request.getImage());
        }
    }

    @Override
    public String create(CreateContainerRequest request) throws ContainersException, InterruptedException {
        begin("create", request.getLabelsOrDefault(TaskNames.TASK_LABEL, ""));
        One one;
        synchronized (this) {
            if (!pulled.contains(request.getImage()) && request.getPullPolicy() == PullPolicy.NEVER) {
                throw new ContainersException(Kind.REFUSED, "there is no image " + request.getImage());
            }
            if (all.values().stream().anyMatch(each -> each.request.getName().equals(request.getName()))) {
                throw new ContainersException(Kind.NAME_TAKEN, "the name " + request.getName() + " is taken");
            }
            one = new One(String.format("%064x", ++made), request);
            all.put(one.id, one);
        }
        fail("create", true);
        tell(one);
        return one.id;
    }

    @Override
    public void start(String id) throws ContainersException, InterruptedException {
        begin("start", name(id));
        One one = get(id);
        synchronized (this) {
            if (one.state == ContainerSeen.State.RUNNING) {
                return;
            }
            for (PortRequest port : one.request.getPortsList()) {
                if (all.values().stream().anyMatch(each -> each.state == ContainerSeen.State.RUNNING
                        && each.request.getPortsList().contains(port))) {
                    throw new ContainersException(Kind.REFUSED, "port " + port.getFirstHostPort() + " is taken");
                }
            }
            one.starts++;
            one.state = ContainerSeen.State.RUNNING;
            if (one.request.hasHealth()) {
                one.health = one.request.getHealth().getCommand().equals("exit 0") ? ContainerSeen.Health.HEALTHY
                        : ContainerSeen.Health.STARTING;
            }
            Matcher exit = EXIT.matcher(String.join(" ", one.request.getArgsList()));
            if (exit.find() && !script(one).contains("trap")) {
                ended(one, ContainerExit.of(Integer.parseInt(exit.group(1))));
            }
        }
        fail("start", true);
        tell(one);
    }

    private static String script(One one) {
        return String.join(" ", one.request.getArgsList());
    }

    @Override
    public void stop(String id) throws ContainersException, InterruptedException {
        begin("stop", name(id));
        One one = get(id);
        synchronized (this) {
            if (one.state != ContainerSeen.State.RUNNING) {
                return;
            }
            Matcher trap = TRAP.matcher(script(one));
            ended(one, trap.find() ? ContainerExit.of(Integer.parseInt(trap.group(1)))
                    : new ContainerExit(128 + SIGTERM, SIGTERM, false, false));
        }
        tell(one);
    }

    @Override
    public boolean kill(String id) throws ContainersException, InterruptedException {
        begin("kill", name(id));
        One one;
        synchronized (this) {
            one = all.get(id);
            if (one == null || one.state != ContainerSeen.State.RUNNING) {
                return false;
            }
            ended(one, new ContainerExit(128 + SIGKILL, SIGKILL, false, false));
        }
        tell(one);
        return true;
    }

    @Override
    public void remove(String id) throws ContainersException, InterruptedException {
        begin("remove", name(id));
        One one;
        synchronized (this) {
            one = all.remove(id);
            if (one == null) {
                return;
            }
            ended(one, new ContainerExit(128 + SIGKILL, SIGKILL, false, false));
        }
        tell(one);
    }

    @Override
    public ContainerExit await(String id) throws ContainersException, InterruptedException {
        begin("await", name(id));
        One one = get(id);
        synchronized (this) {
            while (one.state == ContainerSeen.State.RUNNING) {
                wait();
            }
            return one.exit;
        }
    }

    @Override
    public Watch watch(Consumer<Optional<TaskId>> told) {
        watchers.add(told);
        told.accept(Optional.empty());
        return () -> watchers.remove(told);
    }
}
