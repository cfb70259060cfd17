package cli.command;

import api.cluster.InspectServiceRequest;
import api.cluster.ListTasksRequest;
import cli.transport.Call;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** Waits until a service's tasks are as wanted, and says how that goes; Ctrl-C ends the waiting alone. */
final class ServiceWaiting implements SignalHandler {
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final Console console;
    private final NodeClient client;
    private final String service;
    private final boolean quiet;
    private final boolean terminal;
    /** Task ids whose errors were told. */
    private final Set<String> told = new HashSet<>();
    private String drawn = "";
    private volatile Call call;
    private volatile boolean stopped;

    /** @param service its id or name */
    ServiceWaiting(Console console, NodeClient client, String service, boolean quiet) {
        this.console = console;
        this.client = client;
        this.service = service;
        this.quiet = quiet;
        this.terminal = !quiet && console.isErrTerminal();
    }

    /**
     * Waits.
     *
     * @return 0 if all is as wanted, or the user waits no longer; 1 if it will not be
     */
    int await(Convergence.Wish wish, Convergence.Before before) throws CallException, IOException {
        SignalHandler usual = Signal.handle(new Signal("INT"), this);
        try (Call watch = client.stream("WatchService", new MessageWriter()
                .string(InspectServiceRequest.NAME_FIELD_NUMBER, service))) {
            call = watch;
            if (stopped) {
                watch.fail(new IOException("interrupted"));
            }
            return follow(watch, wish, before);
        } catch (IOException e) {
            if (!stopped) {
                throw e;
            }
            erase();
            console.say("Operation continuing in background: the service goes on.\nUse `jctl service ps "
                    + service + "` to check progress.");
            return 0;
        } finally {
            Signal.handle(new Signal("INT"), usual);
        }
    }

    /** Ends the waiting. */
    @Override
    public void handle(Signal signal) {
        stopped = true;
        Call watch = call;
        if (watch != null) {
            watch.fail(new IOException("interrupted"));
        }
    }

    /** Whether the user waits no longer. */
    boolean isStopped() {
        return stopped;
    }

    private int follow(Call watch, Convergence.Wish wish, Convergence.Before before)
            throws CallException, IOException {
        long running = 0;
        byte[] view = watch.receive();
        while (view != null) {
            ListedService seen = ListedService.read(new MessageReader(view));
            Convergence now = Convergence.of(seen, wish, before);
            // Not while all goes well: a service may have thousands of tasks, and a view for each.
            if (!now.done() && !quiet && seen.running <= running) {
                tellErrors();
            }
            running = seen.running;
            draw(now.line() + (seen.waitingFor.isEmpty() ? "" : " (" + seen.waitingFor + ")"));
            if (!now.failure().isEmpty()) {
                erase();
                console.say("jctl: " + now.failure() + ": `jctl why " + seen.name + "` and `jctl service ps "
                        + seen.name + "` say more");
                return 1;
            }
            if (now.done()) {
                finish(seen, now);
                return 0;
            }
            view = watch.receive();
        }
        erase();
        console.say("jctl: service " + service + " was removed");
        return 1;
    }

    private void finish(ListedService seen, Convergence now) throws IOException {
        if (quiet) {
            return;
        }
        if (terminal) {
            draw(now.line());
            console.sayText("\n");
        }
        console.say(seen.isJob() ? "job complete" : "verify: Service " + seen.name + " converged");
    }

    /** Says of each place why its last task does not run, once. */
    private void tellErrors() throws CallException, IOException {
        List<ListedTask> tasks = ListedTask.all(client.unary("ListTasks", new MessageWriter()
                .string(ListTasksRequest.SERVICES_FIELD_NUMBER, service)));
        Map<String, ListedTask> last = new HashMap<>();
        for (ListedTask task : tasks) {
            ListedTask other = last.get(task.name);
            if (task.isAmiss() && (other == null || other.createdMillis < task.createdMillis)) {
                last.put(task.name, task);
            }
        }
        for (ListedTask task : tasks) {
            if (last.get(task.name) == task && told.add(task.id)) {
                erase();
                console.say(error(task));
            }
        }
    }

    /** "web.1 on b rejected: no such image". */
    static String error(ListedTask task) {
        return task.name + (task.node.isEmpty() ? "" : " on " + task.node) + " "
                + ListedTask.word(task.state).toLowerCase(Locale.ROOT)
                + (task.error().isEmpty() ? "" : ": " + task.error());
    }

    private void draw(String line) throws IOException {
        if (terminal && !line.equals(drawn)) {
            drawn = line;
            console.sayText(CLEAR_LINE + Printable.text(line));
        }
    }

    private void erase() throws IOException {
        if (terminal && !drawn.isEmpty()) {
            drawn = "";
            console.sayText(CLEAR_LINE);
        }
    }
}
