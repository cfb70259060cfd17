package clusterd.daemon;

import clusterd.credential.Peer;
import clusterd.credential.Permissions.Permission;
import clusterd.credential.Role;
import clusterd.raft.Log;
import clusterd.raft.Member;
import clusterd.raft.Standing;
import clusterd.security.AuthorityFolder;
import clusterd.security.PeerInterceptor;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** Takes nodes that have a manager's or witness's certificate into the managers' group. */
final class MemberService implements BindableService {
    private final Log log;
    private final UUID group;
    private final AuthorityFolder folder;
    private final Supplier<AuthorityFolder.Opened> opened;
    private final Object members;
    private final Trusting trusting;

    /** What it says of whom to trust. */
    interface Trusting {
        MemberAnswer.Roots roots();

        /** By which certificate a node asks. */
        void seen(Peer peer);
    }

    /** @param members held while the group's members are changed */
    MemberService(Log log, UUID group, AuthorityFolder folder, Supplier<AuthorityFolder.Opened> opened,
            Object members, Trusting trusting) {
        this.trusting = trusting;
        this.log = log;
        this.group = group;
        this.folder = folder;
        this.opened = opened;
        this.members = members;
    }

    static List<Permission> permissions() {
        return List.of(Permission.of(MemberMethod.ASK.getFullMethodName(), Role.MANAGER, Role.WITNESS));
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(MemberMethod.SERVICE)
                .addMethod(MemberMethod.ASK, ServerCalls.asyncUnaryCall(this::ask)).build();
    }

    private void ask(MemberRequest request, StreamObserver<MemberAnswer> observer) {
        Peer peer = PeerInterceptor.PEER.get();
        Thread.ofVirtual().name("member").start(Context.current().wrap(() -> {
            try {
                observer.onNext(answer(peer, request));
                observer.onCompleted();
            } catch (ExecutionException e) {
                observer.onError(Status.UNAVAILABLE.withDescription(e.getCause().getMessage())
                        .asRuntimeException());
            } catch (IOException e) {
                observer.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
            } catch (InterruptedException e) {
                observer.onError(Status.UNAVAILABLE.withDescription("the agent ends").asRuntimeException());
            }
        }));
    }

    private MemberAnswer answer(Peer peer, MemberRequest request)
            throws IOException, ExecutionException, InterruptedException {
        return switch (request) {
            case MemberRequest.Introduce introduce -> {
                if (peer.role() == Role.WITNESS) {
                    yield new MemberAnswer.Introduced(group.toString(), "", new byte[0], "");
                }
                AuthorityFolder.Handover handover = folder.handover(opened.get());
                yield new MemberAnswer.Introduced(group.toString(), handover.authority(), handover.dataKeys(),
                        handover.unlockKey());
            }
            case MemberRequest.Roots roots when log.standing().role() != clusterd.raft.Role.LEADER ->
                new MemberAnswer.AskLeader(ManagerRole.clusterAddressOfLeader(log.standing()));
            case MemberRequest.Roots roots -> {
                trusting.seen(peer);
                yield trusting.roots();
            }
            case MemberRequest.TakeIn takeIn when log.standing().role() != clusterd.raft.Role.LEADER ->
                new MemberAnswer.AskLeader(ManagerRole.clusterAddressOfLeader(log.standing()));
            case MemberRequest.TakeIn takeIn -> takeIn(peer, takeIn);
        };
    }

    /** One after the other: each change begins with the members that the last one left. */
    private MemberAnswer takeIn(Peer peer, MemberRequest.TakeIn takeIn)
            throws ExecutionException, InterruptedException {
        Member member = peer.role() == Role.WITNESS
                ? Member.witness(peer.id(), takeIn.host(), takeIn.port())
                : Member.voter(peer.id(), takeIn.host(), takeIn.port());
        synchronized (members) {
            List<Member> all = new ArrayList<>(log.standing().peers().stream()
                    .map(Standing.Peer::member).filter(each -> !each.id().equals(member.id())).toList());
            all.add(member);
            log.changeMembers(all).get();
        }
        return new MemberAnswer.TakenIn();
    }
}
