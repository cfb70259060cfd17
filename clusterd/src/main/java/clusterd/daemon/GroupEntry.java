package clusterd.daemon;

import clusterd.agent.HostAndPort;
import clusterd.credential.Role;
import clusterd.security.ClusterChannel;
import clusterd.security.TlsContexts;
import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How a node that is to be a manager or witness gets into the managers' group: it asks those that are in it. */
final class GroupEntry {
    private static final int TAKE_IN_TRIES = 100;
    private static final long TAKE_IN_PAUSE_MILLIS = 200;
    private static final int ANSWER_SECONDS = 30;

    private final TlsContexts tls;
    private final List<String> managers;

    /** @param managers {@code HOST:PORT} of those that may be asked, at least one */
    GroupEntry(TlsContexts tls, List<String> managers) {
        this.tls = tls;
        this.managers = managers;
    }

    /** What is needed to begin, from the first that answers. */
    MemberAnswer.Introduced introduce() throws IOException {
        IOException last = new IOException("no manager is known");
        for (String address : managers) {
            try {
                if (ask(address, new MemberRequest.Introduce()) instanceof MemberAnswer.Introduced introduced) {
                    return introduced;
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    /** Asks the leader, whoever that is by now, until it does. */
    void takeIn(String host, int port) throws IOException {
        String address = managers.getFirst();
        IOException last = new IOException("no manager leads");
        for (int i = 0; i < TAKE_IN_TRIES; i++) {
            String other = managers.get((i + 1) % managers.size());
            try {
                switch (ask(address, new MemberRequest.TakeIn(host, port))) {
                    case MemberAnswer.TakenIn taken -> {
                        return;
                    }
                    case MemberAnswer.AskLeader leader ->
                        address = leader.address().isEmpty() ? other : leader.address();
                    case MemberAnswer.Introduced _, MemberAnswer.Roots _ ->
                        throw new IOException("the manager at " + address + " answered something else");
                }
            } catch (IOException e) {
                last = e;
                address = other;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(TAKE_IN_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while this node was taken into the managers' group", e);
            }
        }
        throw new IOException("the managers did not take this node into their group: " + last.getMessage(), last);
    }

    /** Whom to trust, from the leader: it sees by which certificate it is asked. */
    MemberAnswer.Roots roots() throws IOException {
        IOException last = new IOException("no manager leads");
        for (String address : managers) {
            try {
                MemberAnswer answer = ask(address, new MemberRequest.Roots());
                if (answer instanceof MemberAnswer.AskLeader leader && !leader.address().isEmpty()) {
                    answer = ask(leader.address(), new MemberRequest.Roots());
                }
                if (answer instanceof MemberAnswer.Roots roots) {
                    return roots;
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private MemberAnswer ask(String address, MemberRequest request) throws IOException {
        HostAndPort to = HostAndPort.parse(address);
        try (ClusterChannel channel = ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER))) {
            return ClientCalls.blockingUnaryCall(channel.channel(), MemberMethod.ASK,
                    CallOptions.DEFAULT.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS), request);
        } catch (StatusRuntimeException e) {
            throw new IOException("the manager at " + address + " said: " + e.getStatus().getCode() + " "
                    + e.getStatus().getDescription(), e);
        }
    }
}
