package clusterd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.AddUserRequest;
import api.cluster.AuditRecord;
import api.cluster.AuditVerdict;
import api.cluster.BackupChunk;
import api.cluster.BackupClusterRequest;
import api.cluster.ClusterGrpc;
import api.cluster.ClusterLogEntry;
import api.cluster.ClusterLogRequest;
import api.cluster.ClusterStatusRequest;
import api.cluster.CreateFileRequest;
import api.cluster.ListFilesRequest;
import api.cluster.ListNodesRequest;
import api.cluster.ListNodesResponse;
import api.cluster.ListUsersRequest;
import api.cluster.LockClusterRequest;
import api.cluster.NodeStatus;
import api.cluster.NodeView;
import api.cluster.ReadAuditRequest;
import api.cluster.RecoverClusterRequest;
import api.cluster.RemoveNodeRequest;
import api.cluster.RemoveUserRequest;
import api.cluster.RestoreClusterRequest;
import api.cluster.RestoreClusterResponse;
import api.cluster.Role;
import api.cluster.UnlockClusterRequest;
import api.cluster.UnlockKeyRequest;
import api.cluster.UpdateNodeRequest;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several nodes in this JVM, over TLS and Raft on loopback. */
class ClusterDaemonTest {
    @TempDir
    Path folder;
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void end() {
        nodes.reversed().forEach(TestNode::close);
    }

    private TestNode node(String name) throws IOException {
        TestNode node = new TestNode(folder, name);
        nodes.add(node);
        return node;
    }

    private TestNode founder() throws IOException {
        TestNode a = node("a").start();
        a.calls().clusterStatus(ClusterStatusRequest.getDefaultInstance());
        return a;
    }

    private static int members(TestNode node) {
        return node.calls().clusterStatus(ClusterStatusRequest.getDefaultInstance()).getManagersCount();
    }

    private static NodeView view(TestNode at, String id) {
        ListNodesResponse nodes = at.calls().listNodes(ListNodesRequest.getDefaultInstance());
        return nodes.getNodesList().stream().filter(each -> each.getNode().getId().equals(id)).findFirst()
                .orElse(NodeView.getDefaultInstance());
    }

    private static boolean isReady(TestNode at, String id) {
        return view(at, id).getNode().getStatus().getState() == NodeStatus.State.READY;
    }

    private static UpdateNodeRequest role(String id, Role role) {
        return UpdateNodeRequest.newBuilder().setName(id).setRole(role).build();
    }

    private static void secret(TestNode at, String name) {
        at.calls().createFile(CreateFileRequest.newBuilder().setName(name).setSecret(true)
                .setData(ByteString.copyFromUtf8("hunter2")).build());
    }

    private static List<String> secrets(TestNode at) {
        return at.calls().listFiles(ListFilesRequest.newBuilder().setSecret(true).build()).getFilesList().stream()
                .map(each -> each.getName()).toList();
    }

    private static String unlockKey(TestNode at) {
        return at.calls().unlockKey(UnlockKeyRequest.getDefaultInstance()).getKey();
    }

    @Test
    void aWorkerIsPromotedAndTheLeaderDemotedAndNothingIsLost() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_WORKER);
        TestNode c = node("c").join(a, Role.ROLE_MANAGER);
        TestNode.await("b is ready", () -> {
            try {
                return isReady(a, b.id());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        a.calls().updateNode(role(b.id(), Role.ROLE_MANAGER));
        TestNode.await("b is in the group", () -> members(a) == 3);
        TestNode.await("b answers", () -> answers(b));
        secret(a, "one");
        a.calls().updateNode(role(a.id(), Role.ROLE_WORKER));
        TestNode.await("a is out of the group", () -> answers(c) && members(c) == 2);
        TestNode.await("a is a worker", () -> !answers(a));
        TestNode.await("a demoted manager keeps no keys", () ->
                Files.notExists(a.settings.folder().resolve("authority")));
        assertEquals(List.of("one"), secrets(b));
        String id = a.id();
        TestNode.await("a is ready as a worker", () -> isReady(c, id));
        b.calls().updateNode(role(id, Role.ROLE_MANAGER));
        TestNode.await("a is back in the group", () -> members(b) == 3 && answers(a));
        assertEquals(List.of("one"), secrets(a));
    }

    private static boolean answers(TestNode node) {
        try {
            node.calls().clusterStatus(ClusterStatusRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException refused) {
            return false;
        }
    }

    @Test
    void aRemovedNodeIsRefusedWithTheReason() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_WORKER);
        String id = b.id();
        TestNode.await("b is ready", () -> isReady(a, id));
        assertTrue(assertThrows(StatusRuntimeException.class, () -> a.calls().removeNode(
                RemoveNodeRequest.newBuilder().setName(id).build())).getMessage().contains("stop its agent"), "alive");
        a.calls().removeNode(RemoveNodeRequest.newBuilder().setName(id).setForce(true).build());
        TestNode.await("b is told", () -> b.journal.stream().anyMatch(each -> each.contains("shut out")
                || each.contains("removed from the cluster")));
        b.stop();
        b.journal.clear();
        b.start();
        TestNode.await("b is refused with its certificate", () -> b.journal.stream()
                .anyMatch(each -> each.contains("was shut out of cluster")));
        assertEquals("", view(a, id).getNode().getId());
    }

    @Test
    void aBackupIsRestoredOnAFreshNodeAndTheLogGivesTheDigest() throws Exception {
        TestNode a = founder();
        secret(a, "one");
        Iterator<ClusterLogEntry> log = a.calls().clusterLog(ClusterLogRequest.newBuilder().setDigest(true).build());
        List<ClusterLogEntry> entries = new ArrayList<>();
        log.forEachRemaining(entries::add);
        assertEquals(entries.getLast().getDigest(), entries.getLast().getReplayed());
        assertTrue(entries.stream().anyMatch(each -> each.getCommandsList().contains("create secret one")), "readable");
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Iterator<BackupChunk> chunks = a.calls().backupCluster(BackupClusterRequest.getDefaultInstance());
        chunks.forEachRemaining(each -> file.writeBytes(each.getData().toByteArray()));
        String key = unlockKey(a);
        String clusterId = a.calls().clusterStatus(ClusterStatusRequest.getDefaultInstance()).getClusterId();
        a.stop();
        TestNode fresh = new TestNode(folder, "fresh", a.settings.address());
        nodes.add(fresh);
        fresh.start();
        CompletableFuture<RestoreClusterResponse> restored = new CompletableFuture<>();
        StreamObserver<RestoreClusterRequest> out = fresh.streams().restoreCluster(new StreamObserver<>() {
            @Override
            public void onNext(RestoreClusterResponse response) {
                restored.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                restored.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                restored.completeExceptionally(new AssertionError("no answer"));
            }
        });
        out.onNext(RestoreClusterRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
        out.onNext(RestoreClusterRequest.newBuilder().setData(ByteString.copyFrom(file.toByteArray())).build());
        out.onCompleted();
        assertEquals(clusterId, restored.get().getClusterId());
        assertEquals(List.of("one"), secrets(fresh));
        assertEquals(1, members(fresh));
        secret(fresh, "two");
    }

    @Test
    void oneOfTwoManagersGoesOnAloneAndTheOtherComesBackAsAWorker() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_MANAGER);
        TestNode.await("both are in the group", () -> members(a) == 2);
        secret(a, "one");
        String id = b.id();
        b.stop();
        assertThrows(StatusRuntimeException.class, () -> a.calls().recoverCluster(
                RecoverClusterRequest.getDefaultInstance()));
        a.calls().recoverCluster(RecoverClusterRequest.newBuilder().setConfirmed(true).build());
        assertEquals(1, members(a));
        assertEquals(List.of("one"), secrets(a));
        secret(a, "two");
        b.start();
        TestNode.await("b is ready", () -> isReady(a, id));
        TestNode.await("b is a worker", () -> !answers(b));
        a.calls().updateNode(role(id, Role.ROLE_MANAGER));
        TestNode.await("b is a manager", () -> members(a) == 2 && answers(b));
        assertEquals(List.of("one", "two"), secrets(b));
    }

    @Test
    void aLockedManagerWaitsForItsKey() throws IOException {
        TestNode a = founder();
        secret(a, "one");
        String key = unlockKey(a);
        a.calls().lockCluster(LockClusterRequest.newBuilder().setLocked(true).build());
        a.stop();
        a.start();
        assertTrue(assertThrows(StatusRuntimeException.class, () -> secrets(a)).getMessage().contains("locked"), "why");
        assertThrows(StatusRuntimeException.class, () ->
                a.calls().unlockCluster(UnlockClusterRequest.newBuilder().setKey("nonsense").build()));
        a.calls().unlockCluster(UnlockClusterRequest.newBuilder().setKey(key).build());
        TestNode.await("a answers", () -> answers(a));
        assertEquals(List.of("one"), secrets(a));
        a.calls().lockCluster(LockClusterRequest.newBuilder().setLocked(false).build());
        a.stop();
        a.start();
        TestNode.await("a answers by itself", () -> answers(a));
    }

    @Test
    void aManagerWhoseMemberStoppedComesBackByItself() throws IOException {
        TestNode a = founder();
        a.stop();
        a.start();
        TestNode.await("a answers", () -> answers(a));
        secret(a, "one");
        a.daemon().log().orElseThrow().close();
        TestNode.await("a is opened again", () ->
                a.journal.stream().anyMatch(line -> line.contains("opened again")));
        TestNode.await("a answers again", () -> answers(a));
        assertEquals(List.of("one"), secrets(a));
        secret(a, "two");
    }

    @Test
    void peopleGetCertificatesAndChangesAreWrittenDown() throws IOException {
        TestNode a = founder();
        assertTrue(a.calls().addUser(AddUserRequest.newBuilder().setName("alice").setRole("viewer").build())
                .getBundle().contains("BEGIN CERTIFICATE"), "a bundle");
        assertThrows(StatusRuntimeException.class, () ->
                a.calls().addUser(AddUserRequest.newBuilder().setName("bob").setRole("manager").build()));
        assertEquals("viewer", a.calls().listUsers(ListUsersRequest.getDefaultInstance()).getUsers(0).getRole());
        a.calls().removeUser(RemoveUserRequest.newBuilder().setName("alice").build());
        assertEquals(0, a.calls().listUsers(ListUsersRequest.getDefaultInstance()).getUsersCount());
        assertTrue(a.journal.stream().anyMatch(each -> each.endsWith(": local -: AddUser alice viewer: done")),
                a.journal.toString());
        List<AuditRecord> audit = audit(a, ReadAuditRequest.newBuilder().setObject("alice").build());
        assertEquals(List.of("AddUser", "RemoveUser"), audit.stream().map(AuditRecord::getCall).toList());
        assertTrue(audit.getFirst().getIndex() > 0, "the entry that did it");
        AuditVerdict verdict = a.calls().readAudit(ReadAuditRequest.newBuilder().setVerify(true).build()).next()
                .getVerdict();
        assertEquals(List.of(), verdict.getBreaksList());
        assertEquals(3, verdict.getLines());
    }

    private static List<AuditRecord> audit(TestNode at, ReadAuditRequest request) {
        List<AuditRecord> records = new ArrayList<>();
        at.calls().readAudit(request).forEachRemaining(each -> records.add(each.getRecord()));
        return records;
    }

    @Test
    void everyManagerWritesDownWhatItWasAskedAndTellsItToTheOthers() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_MANAGER);
        TestNode.await("b answers", () -> answers(b));
        secret(a, "one");
        secret(b, "two");
        assertThrows(StatusRuntimeException.class, () -> secret(b, "two"));
        assertThrows(StatusRuntimeException.class, () -> secret(b, "no name\nat all"));
        List<AuditRecord> all = audit(a, ReadAuditRequest.newBuilder().setAll(true).build());
        assertEquals(List.of("CreateToken: done", "Enroll: done", "CreateFile secret/one: done",
                "CreateFile secret/two: done", "CreateFile secret/two: already_exists",
                "CreateFile secret/no name\nat all: invalid_argument"), all.stream().map(each -> each.getCall()
                        + (each.getCall().equals("CreateFile") ? " " + each.getObject() : "") + ": "
                        + each.getResult()).toList());
        assertEquals(List.of(), all.stream().filter(each -> each.getLine().contains("hunter2")).toList());
        assertEquals(b.id(), all.get(1).getId());
    }

    @Test
    void aCallOfAStrangerIsRefusedAndWrittenDown() throws Exception {
        TestNode a = founder();
        SslContext anybody = GrpcSslContexts.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build();
        ManagedChannel channel = NettyChannelBuilder.forAddress(a.settings.address().host(),
                a.settings.address().port()).sslContext(anybody).build();
        try {
            for (int i = 0; i < 100; i++) {
                assertThrows(StatusRuntimeException.class, () -> ClusterGrpc.newBlockingStub(channel)
                        .listFiles(ListFilesRequest.getDefaultInstance()));
            }
        } finally {
            channel.shutdownNow();
        }
        secret(a, "one");
        List<AuditRecord> all = audit(a, ReadAuditRequest.getDefaultInstance());
        assertEquals("none - ListFiles unauthenticated", all.getFirst().getRole() + " " + all.getFirst().getWho() + " "
                + all.getFirst().getCall() + " " + all.getFirst().getResult());
        assertTrue(all.size() < 100, "a flood is cut: " + all.size());
        assertTrue(all.stream().anyMatch(each -> each.getResult().equals("left_out")), "and said to be");
        assertEquals("CreateFile", all.getLast().getCall());
    }
}
