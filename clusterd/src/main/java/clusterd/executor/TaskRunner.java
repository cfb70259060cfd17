package clusterd.executor;

import api.node.CreateContainerRequest;
import clusterd.executor.ContainersException.Kind;
import clusterd.model.NetworkUse;
import clusterd.model.Desire;
import clusterd.model.RestartPolicy;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.model.TaskStatus;
import clusterd.session.Assignment;
import clusterd.state.TaskReport;
import clusterd.template.RegistryLogin;
import clusterd.template.TaskContainerRequest;
import clusterd.template.TemplateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Carries out one task on a virtual thread of its own: what {@link TaskStep} says is done, until it is removed. */
final class TaskRunner {
    private static final int SIGKILL = 9;
    private static final long NETWORK_REST_MILLIS = 100;
    private static final int MOST_RUNS_REMEMBERED = 1_000;

    private final Surroundings around;
    private final TaskId task;
    private final TaskMail mail;
    private final Runnable removed;
    private final Thread thread;
    /** Held while the container is started: who has fenced the task, and then had this, knows that no start follows. */
    private final ReentrantLock starting = new ReentrantLock();
    /** Open until its container was looked at; what is reported before that is what the disk says. */
    private final CountDownLatch unseen = new CountDownLatch(1);
    private final List<RestartHere.Run> runs = new ArrayList<>();
    private volatile TaskStatus status;
    private Optional<StoredTask> saved;
    private boolean hostWentDown;
    private volatile String containerId;
    private String ending = "";
    private OptionalLong removalDeadline = OptionalLong.empty();
    private OptionalLong drainDeadline = OptionalLong.empty();
    private long startedMillis;
    private int failures;
    private boolean unsavedTold;

    /**
     * @param assignment   as it was last told
     * @param givenNow     whether a manager has just given it, and not the disk
     * @param saved        what is on disk of it
     * @param cutOff       whether no manager can be asked
     * @param removed      run once nothing is left of it
     */
    TaskRunner(Surroundings around, Assignment assignment, boolean givenNow, Optional<StoredTask> saved,
            boolean cutOff, Runnable removed) {
        this.around = around;
        this.task = assignment.task();
        this.mail = new TaskMail(assignment, givenNow, cutOff);
        this.saved = saved;
        this.removed = removed;
        this.status = saved.map(StoredTask::status).orElseGet(() -> new TaskStatus(TaskState.ASSIGNED,
                now(), "", "", OptionalInt.empty()));
        this.containerId = status.containerId();
        this.hostWentDown = saved.filter(each -> !each.bootId().equals(around.bootId())).isPresent();
        this.thread = Thread.ofVirtual().name("task-" + task).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    TaskMail mail() {
        return mail;
    }

    TaskReport report() {
        return new TaskReport(task, status);
    }

    /** Waits until that is what was seen, and not what is on disk; no longer than until then. */
    void awaitLook(long deadlineNanos) throws InterruptedException {
        unseen.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Its runner ends; its container goes on. */
    void close() throws InterruptedException {
        mail.close();
        thread.interrupt();
        thread.join();
    }

    /** Once this returns nothing of it runs: SIGKILL was given to what ran, and no start follows. */
    void fence() {
        if (status.state().isEnd() || !mail.wanted().assignment().unique()) {
            return;
        }
        mail.fence();
        try {
            killUntilTold();
            starting.lockInterruptibly();
            starting.unlock();
            killUntilTold();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt(); // the executor ends
        }
    }

    private void killUntilTold() throws InterruptedException {
        for (int tries = 1;; tries++) {
            long letters = mail.wanted().letters();
            try {
                Optional<String> id = !containerId.isEmpty() ? Optional.of(containerId)
                        : around.containers().find(task).map(ContainerSeen::id);
                if (id.isPresent()) {
                    around.containers().kill(id.get());
                }
                return;
            } catch (ContainersException failed) {
                around.journal().accept(what() + " must end, since the lease is over, and cannot be killed: "
                        + failed.getMessage() + "; tried again");
                mail.await(letters, around.pace().restMillis(tries));
            }
        }
    }

    private void run() {
        try {
            boolean goesOn = true;
            while (goesOn) {
                long letters = mail.wanted().letters();
                try {
                    goesOn = step();
                    failures = 0;
                } catch (ContainersException | IOException | RuntimeException failed) {
                    failures++;
                    unseen.countDown();
                    tellOfFailure(failed);
                    mail.await(letters, around.pace().restMillis(failures));
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt(); // the executor ends; the container goes on
        }
    }

    /** A manager hears of it, too, while it waits for the task to run. */
    private void tellOfFailure(Exception failed) {
        String why = failed instanceof RuntimeException ? failed.toString() : failed.getMessage();
        around.journal().accept(what() + ": " + why + "; tried again");
        boolean waits = status.state().ordinal() <= TaskState.PREPARING.ordinal();
        if (waits && !(failed instanceof RuntimeException) && !why.equals(status.message())) {
            say(status.state(), why, OptionalInt.empty());
        }
    }

    private String what() {
        Assignment assignment = mail.wanted().assignment();
        return "task " + task + " of " + assignment.serviceName();
    }

    private long now() {
        return around.pace().clock().millis();
    }

    /** @return whether there is more to do, now or later */
    private boolean step() throws ContainersException, IOException, InterruptedException {
        TaskMail.Wanted wanted = mail.wanted();
        save(wanted.assignment(), status, bootId());
        TaskStep.Facts facts = facts(wanted);
        if (mail.wanted().letters() != wanted.letters()) {
            return true; // what was wanted before the look need not be wanted after it
        }
        if (mayBeRemoval(facts)) {
            long now = System.nanoTime();
            removalDeadline = removalDeadline.isPresent() ? removalDeadline
                    : OptionalLong.of(now + TimeUnit.MILLISECONDS.toNanos(around.pace().removalMillis()));
            long left = TimeUnit.NANOSECONDS.toMillis(removalDeadline.getAsLong() - now);
            if (left > 0) {
                mail.await(wanted.letters(), left);
                return true;
            }
        }
        TaskStep next = TaskStep.decide(facts);
        while (next instanceof TaskStep.Say say && isNews(say)) {
            say(say.state(), say.message(), OptionalInt.empty());
            facts = facts.in(say.state());
            next = TaskStep.decide(facts);
        }
        return act(next, wanted);
    }

    private boolean isNews(TaskStep.Say say) {
        return say.state() != status.state() || !say.message().equals(status.message());
    }

    private TaskStep.Facts facts(TaskMail.Wanted wanted) throws ContainersException, InterruptedException {
        Optional<ContainerSeen> seen = containerId.isEmpty() ? around.containers().find(task)
                : around.containers().look(containerId);
        seen.ifPresent(each -> containerId = each.id());
        Optional<ContainerExit> exit = Optional.empty();
        if (seen.filter(each -> each.state() == ContainerSeen.State.ENDED).isPresent()) {
            try {
                exit = Optional.of(around.containers().await(containerId));
            } catch (ContainersException gone) {
                if (gone.kind() != Kind.GONE) {
                    throw gone;
                }
                seen = Optional.empty();
            }
        }
        boolean secretsHere = wanted.secretsKnown() || around.files().hasSecrets(wanted.assignment());
        return new TaskStep.Facts(status.state(), wanted.assignment().desire(), wanted.fenced(),
                wanted.cutOff(), !containerId.isEmpty(), seen, exit, ending, hostWentDown, secretsHere,
                wanted.mayStart());
    }

    /** Removing by force kills first: a kill nobody here asked for may be the beginning of a removal. */
    private boolean mayBeRemoval(TaskStep.Facts facts) {
        return !facts.state().isEnd() && !facts.fenced() && facts.desire().isAlive()
                && ending.isEmpty() && facts.exit().filter(exit -> exit.signal() == SIGKILL
                        && !exit.outOfMemory() && !exit.unknown() && exit.leaseOver().isEmpty()).isPresent();
    }

    private boolean act(TaskStep step, TaskMail.Wanted wanted)
            throws ContainersException, IOException, InterruptedException {
        switch (step) {
            case TaskStep.Prepare _ -> prepare(wanted);
            case TaskStep.Say _, TaskStep.Rest _ -> {
                tellAddresses(wanted);
                unseen.countDown();
                mail.await(wanted.letters());
            }
            case TaskStep.Start _ -> {
                Optional<TaskStep.End> failed = launch(wanted);
                if (failed.isPresent()) {
                    endOrAgain(true, failed.get(), failed.get().message());
                }
            }
            case TaskStep.Stop stop -> {
                if (drains(stop, wanted)) {
                    return true;
                }
                ending = stop.why();
                around.containers().stop(containerId);
            }
            case TaskStep.Kill _ -> around.containers().kill(containerId);
            case TaskStep.EndOrAgain(ContainerExit exit, TaskStep.End end) ->
                    endOrAgain(end.state() == TaskState.FAILED, end,
                            ending.isEmpty() ? exit.words() : ending);
            case TaskStep.End end -> end(end);
            case TaskStep.Remove _ -> {
                remove(wanted.assignment());
                return false;
            }
        }
        return true;
    }

    /** Other nodes hear at the same moment that it takes no more connections; until they have it goes on. */
    private boolean drains(TaskStep.Stop stop, TaskMail.Wanted wanted) throws InterruptedException {
        boolean reached = status.state() == TaskState.RUNNING && !status.addresses().isEmpty() && !wanted.cutOff();
        if (!reached || !stop.why().isEmpty()) {
            return false;
        }
        long now = System.nanoTime();
        drainDeadline = drainDeadline.isPresent() ? drainDeadline
                : OptionalLong.of(now + TimeUnit.MILLISECONDS.toNanos(around.pace().drainMillis()));
        long left = TimeUnit.NANOSECONDS.toMillis(drainDeadline.getAsLong() - now);
        if (left <= 0) {
            return false;
        }
        unseen.countDown();
        mail.await(wanted.letters(), left);
        return true;
    }

    /**
     * Keeps what is new. Nothing is made for a task that would be forgotten in a crash; but what is there can be
     * ended although the disk takes no more.
     */
    private void save(Assignment assignment, TaskStatus known, String bootId) throws IOException {
        StoredTask next = new StoredTask(assignment, known, bootId);
        boolean same = saved.filter(each -> each.assignment().equals(next.assignment())
                && each.bootId().equals(bootId)
                && each.status().containerId().equals(known.containerId())
                && (each.status().equals(known) || !known.state().isEnd())).isPresent();
        if (same) {
            return;
        }
        try {
            around.store().save(next);
            saved = Optional.of(next);
            unsavedTold = false;
        } catch (IOException full) {
            if (saved.isEmpty() && assignment.desire().isAlive()) {
                throw full;
            }
            if (!unsavedTold) {
                around.journal().accept(what() + " goes on as wanted, but that cannot be written down: " + full);
                unsavedTold = true;
            }
        }
    }

    private String bootId() {
        return saved.map(StoredTask::bootId).orElse(around.bootId());
    }

    private void say(TaskState state, String message, OptionalInt exitCode) {
        status = new TaskStatus(state, now(), message, containerId, exitCode, isFound(state)
                ? around.networks().addresses(containerId) : List.of());
        around.reports().accept(new TaskReport(task, status));
    }

    private void end(TaskStep.End end) throws IOException {
        OptionalInt code = end.exit().filter(exit -> !exit.unknown())
                .map(exit -> OptionalInt.of(exit.code())).orElse(OptionalInt.empty());
        TaskStatus last = new TaskStatus(end.state(), now(), end.message(), containerId, code);
        save(mail.wanted().assignment(), last, bootId());
        status = last;
        unseen.countDown();
        around.reports().accept(new TaskReport(task, last));
    }

    private void end(TaskState state, String message, int exitCode) throws IOException {
        end(new TaskStep.End(state, message, exitCode == 0 ? Optional.empty()
                : Optional.of(ContainerExit.of(exitCode))));
    }

    private void prepare(TaskMail.Wanted wanted) throws ContainersException, IOException, InterruptedException {
        unseen.countDown();
        if (status.state().ordinal() < TaskState.PREPARING.ordinal()) {
            say(TaskState.PREPARING, "", OptionalInt.empty());
        }
        Assignment assignment = wanted.assignment();
        if (lacksNetworks(assignment, wanted)) {
            return;
        }
        List<String> sources = around.files().paths(assignment).stream().map(Path::toString).toList();
        try {
            CreateContainerRequest request =
                    TaskContainerRequest.of(assignment, around.node().value(), sources);
            if (!fetch(request, wanted)) {
                return;
            }
            around.files().write(assignment, wanted.secretsKnown());
            containerId = around.containers().create(request);
        } catch (TemplateException wrong) {
            end(TaskState.REJECTED, wrong.getMessage(), 0);
        } catch (ContainersException failed) {
            boolean made = failed.kind() == Kind.NAME_TAKEN && around.containers().find(task).isPresent();
            if (!made) {
                fail(failed);
            }
        }
    }

    /** A program that begins talks to others before it is healthy, and policies have to know who it is. */
    private static boolean isFound(TaskState state) {
        return state == TaskState.STARTING || state == TaskState.RUNNING;
    }

    /** A container that was started again, here or by another agent, may be found elsewhere than was said. */
    private void tellAddresses(TaskMail.Wanted wanted) {
        if (!isFound(status.state()) || wanted.assignment().template().networks().isEmpty()) {
            return;
        }
        TaskStatus now = status.with(around.networks().addresses(containerId));
        if (!now.equals(status)) {
            status = now;
            around.reports().accept(new TaskReport(task, status));
        }
    }

    /** The managers tell of networks before they tell of tasks in them; setting one up may fail for a while. */
    private boolean lacksNetworks(Assignment assignment, TaskMail.Wanted wanted) throws InterruptedException {
        Optional<String> why = around.networks().lacking(assignment.template().networks().stream()
                .map(NetworkUse::network).toList());
        if (why.isEmpty()) {
            return false;
        }
        if (!status.message().equals(why.get())) {
            say(TaskState.PREPARING, why.get(), OptionalInt.empty());
        }
        mail.await(wanted.letters(), NETWORK_REST_MILLIS);
        return true;
    }

    /** @return whether the image is here; false if the task is not wanted any more, or there is a login to try */
    private boolean fetch(CreateContainerRequest request, TaskMail.Wanted wanted)
            throws ContainersException, InterruptedException {
        boolean withoutLogin = !wanted.secretsKnown() && RegistryLogin.isLeftOut(wanted.assignment().template());
        for (int tries = 1;; tries++) {
            long letters = mail.wanted().letters();
            try {
                return mail.fetch(() -> around.containers().pull(request));
            } catch (ContainersException failed) {
                if (failed.kind() != Kind.PASSING && !withoutLogin) {
                    throw failed;
                }
                if (withoutLogin && mail.wanted().secretsKnown()) {
                    return false;
                }
                long rest = around.pace().restMillis(tries);
                say(TaskState.PREPARING, "try " + tries + ": " + failed.getMessage() + "; next try in "
                        + Math.max(1, rest / 1_000) + " s", OptionalInt.empty());
                mail.await(letters, rest);
                if (withoutLogin && mail.wanted().secretsKnown()) {
                    return false;
                }
            }
        }
    }

    /** What could not be made or started ends; where it is unknown whether it was, it is looked at again. */
    private void fail(ContainersException failed) throws ContainersException, IOException {
        switch (failed.kind()) {
            case REFUSED, NAME_TAKEN -> end(TaskState.REJECTED, failed.getMessage(), 0);
            case FAILED, PASSING -> end(TaskState.FAILED, failed.getMessage(), failed.exitCode());
            case GONE, UNANSWERED -> throw failed;
        }
    }

    /** @return the end it comes to, where a start that failed may be tried again here */
    private Optional<TaskStep.End> launch(TaskMail.Wanted wanted)
            throws ContainersException, IOException, InterruptedException {
        unseen.countDown();
        around.files().write(wanted.assignment(), wanted.secretsKnown());
        starting.lockInterruptibly();
        try {
            if (!mail.wanted().mayStart()) {
                return Optional.empty();
            }
            ending = "";
            removalDeadline = OptionalLong.empty();
            startedMillis = now();
            around.containers().start(containerId);
            hostWentDown = false;
        } catch (ContainersException failed) {
            boolean mayPass = failed.kind() == Kind.FAILED || failed.kind() == Kind.REFUSED;
            if (mayPass && wanted.cutOff()) {
                return Optional.of(new TaskStep.End(failed.kind() == Kind.FAILED ? TaskState.FAILED
                        : TaskState.REJECTED, failed.getMessage(), Optional.empty()));
            }
            fail(failed);
            return Optional.empty();
        } finally {
            starting.unlock();
        }
        save(wanted.assignment(), status, around.bootId());
        return Optional.empty();
    }

    /** Waits out the service's delay and starts it again, unless a manager is back meanwhile. */
    private void endOrAgain(boolean failed, TaskStep.End end, String words)
            throws ContainersException, IOException, InterruptedException {
        Optional<TaskStep.End> ended = Optional.of(end);
        while (ended.isPresent()) {
            runs.add(new RestartHere.Run(startedMillis, now()));
            if (runs.size() > MOST_RUNS_REMEMBERED) {
                runs.removeFirst();
            }
            RestartPolicy policy = mail.wanted().assignment().template().restart();
            switch (RestartHere.decide(policy, failed || ended.get() != end, runs)) {
                case RestartHere.Over over -> {
                    end(ended.get().because(over.reason()));
                    return;
                }
                case RestartHere.Again again -> {
                    String before = ended.get() == end ? words : ended.get().message();
                    if (status.state() == TaskState.RUNNING) {
                        say(TaskState.RUNNING, "started again here, since no manager can be asked; before: "
                                + before, OptionalInt.empty());
                    }
                    ended = awaitStillCutOff(again.delayMillis()) ? launch(mail.wanted()) : Optional.empty();
                }
            }
        }
    }

    /** @return whether after so long it is wanted, and there is still nobody to ask */
    private boolean awaitStillCutOff(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        TaskMail.Wanted wanted = mail.wanted();
        long left = millis;
        while (left > 0 && isLeftAlone(wanted)) {
            mail.await(wanted.letters(), left);
            wanted = mail.wanted();
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        return isLeftAlone(wanted);
    }

    private static boolean isLeftAlone(TaskMail.Wanted wanted) {
        return wanted.cutOff() && !wanted.fenced() && wanted.assignment().desire() == Desire.RUNNING;
    }

    private void remove(Assignment assignment) throws ContainersException, IOException, InterruptedException {
        unseen.countDown();
        save(assignment, status, bootId());
        Optional<ContainerSeen> seen = around.containers().find(task);
        while (seen.isPresent()) {
            around.containers().remove(seen.get().id());
            seen = around.containers().find(task);
        }
        around.files().remove(task);
        around.store().remove(task);
        removed.run();
    }
}
