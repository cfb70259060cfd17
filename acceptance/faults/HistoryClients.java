import api.cluster.CreateFileRequest;
import api.cluster.InspectNodeRequest;
import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import api.cluster.NodeView;
import api.cluster.RemoveFileRequest;
import api.cluster.UpdateNodeRequest;
import cli.transport.Call;
import cli.transport.CallException;
import cli.transport.Connection;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import testkit.history.Linearizability;
import testkit.history.NameSet;
import testkit.history.Recorder;
import testkit.history.Register;
import testkit.history.Verdict;

/**
 * Clients of a cluster's managers, all at once: labels of a node are registers, configs are a set of names. What they
 * were answered is written down, and checked.
 */
final class HistoryClients implements AutoCloseable {
    private static final int CLIENTS = 4;
    private static final int KEYS = 2;
    private static final int ANSWER_SECONDS = 8;
    private static final int MOST_PAUSE_MILLIS = 40;
    private static final int ALREADY_EXISTS = 6;
    private static final int ABORTED = 10;

    private final List<Path> sockets;
    private final String node;
    private final String prefix;
    private final long seed;
    private final Recorder<Register.Input, String> registers = new Recorder<>(System::nanoTime);
    private final Recorder<NameSet.Input, NameSet.Output> sets = new Recorder<>(System::nanoTime);
    private final List<Thread> threads = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final List<String> surprises = new ArrayList<>();
    private volatile boolean over;

    /** They begin at once; node is whose labels are written. */
    HistoryClients(List<Path> sockets, String node, long seed) {
        this.sockets = sockets;
        this.node = node;
        this.seed = seed;
        this.prefix = "h" + seed + "-";
        for (int i = 0; i < CLIENTS; i++) {
            String name = "c" + i;
            Random random = new Random(seed * CLIENTS + i);
            threads.add(Thread.ofVirtual().start(() -> work(name, random)));
        }
    }

    private void work(String name, Random random) {
        for (int i = 0; !over; i++) {
            Path socket = sockets.get(random.nextInt(sockets.size()));
            boolean label = random.nextBoolean();
            int what = random.nextInt(3);
            String key = prefix + random.nextInt(KEYS);
            if (label) {
                register(name, socket, key, what == 0 ? null : name + "-" + i);
            } else {
                set(name, socket, key, what);
            }
            pause(random.nextInt(MOST_PAUSE_MILLIS));
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void register(String name, Path socket, String key, String value) {
        if (value == null) {
            var read = registers.invoke(name, new Register.Read(key));
            note(read, () -> NodeView.parseFrom(ask(socket, "InspectNode",
                    InspectNodeRequest.newBuilder().setName(node).build())).getNode().getSpec().getLabelsMap()
                    .getOrDefault(key, ""));
        } else {
            var write = registers.invoke(name, new Register.Write(key, value));
            note(write, () -> {
                ask(socket, "UpdateNode", UpdateNodeRequest.newBuilder().setName(node).putAddLabels(key, value).build());
                return Register.DONE;
            });
        }
    }

    private void set(String name, Path socket, String file, int what) {
        switch (what) {
            case 0 -> list(name, socket);
            case 1 -> note(sets.invoke(name, new NameSet.Add(file)), () -> change(socket, "CreateFile",
                    CreateFileRequest.newBuilder().setName(file).build(), ALREADY_EXISTS));
            default -> note(sets.invoke(name, new NameSet.Remove(file)), () -> change(socket, "RemoveFile",
                    RemoveFileRequest.newBuilder().setName(file).build(), CallException.NOT_FOUND));
        }
    }

    private void list(String name, Path socket) {
        note(sets.invoke(name, new NameSet.List()), () -> {
            TreeSet<String> names = new TreeSet<>();
            ListFilesResponse.parseFrom(ask(socket, "ListFiles", ListFilesRequest.getDefaultInstance())).getFilesList()
                    .stream().map(each -> each.getName()).filter(each -> each.startsWith(prefix)).forEach(names::add);
            return new NameSet.Listed(names);
        });
    }

    private NameSet.Output change(Path socket, String method, MessageLite request, int unchanged)
            throws IOException, CallException {
        try {
            ask(socket, method, request);
            return new NameSet.Changed();
        } catch (CallException refused) {
            if (refused.code() != unchanged) {
                throw refused;
            }
            return new NameSet.Unchanged();
        }
    }

    /** A call on a connection of its own, which is closed when the answer takes too long. */
    private byte[] ask(Path socket, String method, MessageLite request) throws IOException, CallException {
        Connection connection = Connection.open(socket);
        Future<?> alarm = clock.schedule(connection::close, ANSWER_SECONDS, TimeUnit.SECONDS);
        try (connection; Call call = connection.call("/jctl.cluster.v1.Cluster/" + method)) {
            call.sendLast(request.toByteArray());
            byte[] reply = call.receive();
            if (reply == null) {
                throw new IOException("no answer");
            }
            call.receive();
            return reply;
        } finally {
            alarm.cancel(false);
        }
    }

    private interface Question<O> {
        O ask() throws IOException, CallException;
    }

    private <I, O, A extends O> void note(Recorder<I, O>.Call call, Question<A> question) {
        try {
            call.returns(question.ask());
            answered.incrementAndGet();
        } catch (CallException refused) {
            unanswered.incrementAndGet();
            switch (refused.code()) {
                case CallException.RESOURCE_EXHAUSTED, ABORTED -> call.fails();
                case CallException.UNAVAILABLE, CallException.CANCELLED -> { /* whether it was done nobody knows */ }
                default -> {
                    synchronized (surprises) {
                        surprises.add(refused.code() + " " + refused.getMessage());
                    }
                }
            }
        } catch (IOException gone) {
            unanswered.incrementAndGet();
        }
    }

    /** Ends them; then everything is read once more at each manager. */
    void finish() throws InterruptedException {
        over = true;
        for (Thread each : threads) {
            each.join();
        }
        for (int i = 0; i < sockets.size(); i++) {
            for (int key = 0; key < KEYS; key++) {
                register("last" + i, sockets.get(i), prefix + key, null);
            }
            list("last" + i, sockets.get(i));
        }
    }

    /** What is wrong with what they were answered. */
    List<String> problems() {
        List<String> problems = new ArrayList<>(surprises);
        say(Linearizability.checkEach(new Register(), Register.withoutUnseen(registers.history()),
                Register.Input::key), "labels", problems);
        say(Linearizability.check(new NameSet(), sets.history()), "configs", problems);
        return problems;
    }

    private static void say(Verdict verdict, String of, List<String> problems) {
        switch (verdict) {
            case Verdict.Linearizable good -> { /* as it should be */ }
            case Verdict.Violation bad -> problems.add(of + ": " + bad);
            case Verdict.Undecided open -> System.out.println("# " + of + ": not decided after "
                    + open.configurations() + " configurations");
        }
    }

    String history() {
        return "# seed " + seed + "\n# labels\n" + registers.text() + "# configs\n" + sets.text();
    }

    String counts() {
        return answered + " answers, " + unanswered + " calls without one";
    }

    @Override
    public void close() {
        over = true;
        clock.shutdownNow();
    }
}
