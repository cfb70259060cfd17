package runtime.node;

import api.node.AttachOptions;
import api.node.CreatedContainer;
import api.node.ExecOptions;
import api.node.Reason;
import api.node.RunOptions;
import api.node.SessionReply;
import api.node.SessionRequest;
import api.node.Started;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import runtime.container.ContainerException;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.container.Journal;
import runtime.container.LogFrame;
import runtime.container.LogQuery;
import runtime.container.Session;
import runtime.container.TerminalSize;

/**
 * One Run, Attach or Exec: the client's first message says which, and a thread serves it. The process goes
 * on when the client detaches (half-close) or breaks off.
 */
final class SessionCall implements StreamObserver<SessionRequest> {
    /** How long the last reply waits for a container with --rm to be gone. */
    private static final long SETTLE_SECONDS = 10;

    private final Containers containers;
    private final ContainerCalls calls;
    private final Calls threads;
    private final Journal journal;
    private final SessionRequest.KindCase wanted;
    private final ReplyStream<SessionReply> replies;
    private final SessionInput input;
    private boolean begun;
    private boolean stdout = true;
    private boolean stderr = true;

    SessionCall(Containers containers, ContainerCalls calls, Calls threads, Journal journal,
            SessionRequest.KindCase wanted, StreamObserver<SessionReply> observer) {
        this.containers = containers;
        this.calls = calls;
        this.threads = threads;
        this.journal = journal;
        this.wanted = wanted;
        this.replies = new ReplyStream<>(observer);
        this.input = new SessionInput(replies.observer(), journal);
        replies.observer().disableAutoRequest();
        replies.onGone(input::detach);
        replies.observer().request(1);
    }

    @Override
    public void onNext(SessionRequest message) {
        if (begun) {
            input.take(message);
            return;
        }
        begun = true;
        if (message.getKindCase() != wanted) {
            replies.fail(Failures.of(Reason.INVALID_OPTION, "the first message must hold "
                    + wanted + ", not " + message.getKindCase(), OptionalInt.empty()));
            return;
        }
        threads.stream(wanted.name(), replies, same -> serve(message));
        replies.observer().request(1);
    }

    @Override
    public void onError(Throwable brokenOff) {
        input.detach();
    }

    @Override
    public void onCompleted() {
        input.detach();
        if (!begun) {
            replies.complete();
        }
    }

    private void serve(SessionRequest first) throws Exception {
        switch (first.getKindCase()) {
            case RUN -> run(first.getRun());
            case ATTACH -> attach(first.getAttach());
            case EXEC -> exec(first.getExec());
            case STDIN, RESIZE, CLOSE_STDIN, SIGNAL, KIND_NOT_SET ->
                    throw new IllegalStateException("not a first message");
        }
    }

    private void run(RunOptions options) throws Exception {
        boolean starts = options.getUntil() != RunOptions.Until.UNTIL_CREATED;
        CreatedContainer created = calls.create(options.getContainer(), new ProgressReplies<>(
                replies, progress -> SessionReply.newBuilder().setProgress(progress).build()),
                starts);
        SessionReply reply = SessionReply.newBuilder().setCreated(created).build();
        if (!starts) {
            replies.send(reply);
            return;
        }
        boolean both = !options.getAttachStdout() && !options.getAttachStderr();
        stdout = both || options.getAttachStdout();
        stderr = both || options.getAttachStderr();
        boolean attached = options.getUntil() == RunOptions.Until.UNTIL_EXITED;
        try (Session session =
                startedOrSettled(created.getId(), size(options.getSize()), reply, attached)) {
            sendStarted(session);
            if (attached) {
                converse(session, created.getId(), "detach");
            }
        }
    }

    /** The reply goes out after the start: the thread that sends it would take a processor from it. */
    private Session startedOrSettled(String id, TerminalSize size, SessionReply reply,
            boolean attached) throws Exception {
        Session session = null;
        boolean done = false;
        try {
            session = containers.attach(id);
            if (attached) {
                containers.events().tell(containers.get(id), "attach");
            }
            containers.start(id, size);
            done = true;
            return session;
        } finally {
            if (!done) {
                if (session != null) {
                    session.close();
                }
                containers.settle(id);
            }
            replies.send(reply);
        }
    }

    private void attach(AttachOptions options) throws Exception {
        String name = options.getContainer();
        if (options.getStart()) {
            threads.admit(DiskGuard.ATTACH_STARTING);
        }
        try (Session session = containers.attach(name)) {
            if (options.getLogs()) {
                containers.logs(name, LogQuery.ALL, this::send);
            }
            if (options.getStart()) {
                containers.start(name, size(options.getSize()));
            } else if (!containers.get(name).state().isAlive()) {
                throw new ContainerException(ContainerException.Reason.NOT_RUNNING,
                        "container " + name + " is not running; start it first");
            } else if (options.getSize().getRows() > 0 && options.getSize().getColumns() > 0) {
                session.resize(options.getSize().getRows(), options.getSize().getColumns());
            }
            if (options.getNoStdin()) {
                input.ignoreStdin();
            }
            containers.events().tell(containers.get(name), "attach");
            sendStarted(session);
            converse(session, name, "detach");
        }
    }

    private void exec(ExecOptions options) throws Exception {
        try (Session session = containers.exec(options.getContainer(),
                OptionTranslation.exec(options), size(options.getSize()))) {
            sendStarted(session);
            if (!options.getDetach()) {
                converse(session, options.getContainer(), "exec_detach");
            }
        }
    }

    private static TerminalSize size(api.node.TerminalSize size) {
        return new TerminalSize(size.getRows(), size.getColumns());
    }

    private void sendStarted(Session session) throws InterruptedException {
        replies.send(SessionReply.newBuilder().setStarted(Started.newBuilder()
                .setPid(session.pid()).setTty(session.terminal())
                .setInteractive(session.interactive())).build());
    }

    /** Passes input and output until the process has ended or the client has detached. */
    private void converse(Session session, String container, String leaving) throws Exception {
        if (!input.attach(session, Thread.currentThread())) {
            tellOfLeaving(session, container, leaving);
            return;
        }
        try {
            session.follow(this::send);
        } finally {
            input.end();
            tellOfLeaving(session, container, leaving);
        }
        if (replies.isGone() || !session.ended().isDone()) {
            return;
        }
        ContainerRecord.RunExit exit = session.ended().get();
        session.close();
        settle(session);
        replies.send(SessionReply.newBuilder().setExit(ReplyTranslation.exit(exit)).build());
    }

    /** An event, if the client left a process that goes on. */
    private void tellOfLeaving(Session session, String container, String leaving) {
        if (session.ended().isDone()) {
            return;
        }
        try {
            containers.events().tell(containers.get(container), leaving);
        } catch (ContainerException removed) {
            // Its end was told of: nothing is left to leave.
            return;
        }
    }

    private boolean send(LogFrame frame) throws InterruptedException {
        boolean out = frame.stream() == LogFrame.Stream.STDOUT;
        if (out ? stdout : stderr) {
            ReplyTranslation.pieces(frame.payload(), piece -> replies.send(out
                    ? SessionReply.newBuilder().setStdout(piece).build()
                    : SessionReply.newBuilder().setStderr(piece).build()));
        }
        return !replies.isGone();
    }

    private void settle(Session session) throws InterruptedException, IOException {
        try {
            session.settled().get(SETTLE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            journal.say("a container with --rm is still being removed as its client leaves");
        } catch (ExecutionException failed) {
            journal.say("a container with --rm was not removed: " + failed.getCause());
        }
    }
}
