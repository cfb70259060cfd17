package clusterd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.AddUserRequest;
import api.cluster.AuthorityView;
import api.cluster.ClusterStatusRequest;
import api.cluster.ClusterStatusResponse;
import api.cluster.CreateFileRequest;
import api.cluster.CreateTokenRequest;
import api.cluster.ListFilesRequest;
import api.cluster.ListNodesRequest;
import api.cluster.ListTokensRequest;
import api.cluster.NodeStatus;
import api.cluster.RemoveNodeRequest;
import api.cluster.Role;
import api.cluster.RotateAuthorityRequest;
import api.cluster.ShowAuthorityRequest;
import clusterd.credential.JoinToken;
import clusterd.credential.RootDigest;
import clusterd.security.NodeIdentity;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The root of several nodes in this JVM is exchanged, and nodes are shut out, over TLS and Raft on loopback. */
class RootRotationTest {
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

    private static boolean isReady(TestNode at, String id) {
        return at.calls().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
                .anyMatch(each -> each.getNode().getId().equals(id)
                        && each.getNode().getStatus().getState() == NodeStatus.State.READY);
    }

    private static AuthorityView authority(TestNode at) {
        return at.calls().showAuthority(ShowAuthorityRequest.getDefaultInstance());
    }

    private static boolean isOver(TestNode at) {
        try {
            return authority(at).getOldDigest().isEmpty();
        } catch (StatusRuntimeException noLeader) {
            return false; // asked again
        }
    }

    private static String rotate(TestNode at) {
        return at.calls().rotateAuthority(RotateAuthorityRequest.getDefaultInstance()).getDigest();
    }

    private static String token(TestNode at, Role role) {
        return at.calls().createToken(CreateTokenRequest.newBuilder().setRole(role).build()).getToken();
    }

    /** What a node has on its disk. */
    private static NodeIdentity identity(TestNode node) {
        try {
            return NodeIdentity.load(node.settings.folder().resolve("identity.pem")).orElseThrow();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static boolean trustsOnly(TestNode node, String digest) {
        NodeIdentity now = identity(node);
        return now.roots().size() == 1 && now.issuer().map(RootDigest::hex).filter(digest::equals).isPresent();
    }

    private static ClusterStatusResponse status(TestNode at) {
        return at.calls().clusterStatus(ClusterStatusRequest.getDefaultInstance());
    }

    private static void put(TestNode at, String name) {
        at.calls().createFile(CreateFileRequest.newBuilder().setName(name).setSecret(true)
                .setData(ByteString.copyFromUtf8("x")).build());
    }

    @Test
    void theRootOfManagersWitnessAndWorkerIsExchangedAndTokensOfTheOldEnd() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_MANAGER);
        TestNode w = node("w").join(a, Role.ROLE_WITNESS);
        TestNode c = node("c").join(a, Role.ROLE_WORKER);
        TestNode.await("the managers and the worker are ready", () -> {
            try {
                return isReady(a, b.id()) && isReady(a, c.id());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        String before = authority(a).getDigest();
        String oldToken = token(a, Role.ROLE_WORKER);
        a.calls().addUser(AddUserRequest.newBuilder().setName("alice").setRole("viewer").build());

        String digest = rotate(b);

        assertFalse(digest.equals(before));
        assertEquals(List.of("alice"), authority(a).getPeopleList());
        TestNode.await("the exchange is over", () -> isOver(a) && isOver(b));
        assertEquals(digest, authority(a).getDigest());
        for (TestNode each : List.of(a, b, c, w)) {
            TestNode.await("it has dropped the old root", () -> trustsOnly(each, digest));
        }
        put(a, "after");
        assertEquals(1, b.calls().listFiles(ListFilesRequest.newBuilder().setSecret(true).build()).getFilesCount());
        assertTrue(isReady(b, c.id()));
        assertEquals(3, status(b).getManagersCount());
        TestNode late = node("late");
        String refused = assertThrows(IOException.class, () -> ClusterDaemon.join(late.settings,
                a.settings.address(), oldToken, "late")).getMessage();
        assertTrue(refused.contains("exchanged its root since the token was made"), refused);
        TestNode.await("old tokens are no more", () ->
                a.calls().listTokens(ListTokensRequest.getDefaultInstance()).getTokensCount() == 0);
        assertEquals(digest, JoinToken.parse(token(b, Role.ROLE_WORKER)).root().hex());
        TestNode d = node("d").join(b, Role.ROLE_MANAGER);
        TestNode.await("a new manager counts", () -> status(a).getManagersCount() == 4);
        assertTrue(trustsOnly(d, digest));
    }

    @Test
    void anExchangeGoesOnWithAnotherLeaderAfterManagersWereOff() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_MANAGER);
        TestNode c = node("c").join(a, Role.ROLE_MANAGER);
        TestNode w = node("w").join(a, Role.ROLE_WORKER);
        TestNode.await("all are ready", () -> {
            try {
                return isReady(a, b.id()) && isReady(a, c.id()) && isReady(a, w.id());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        w.stop(); // it holds the exchange up
        String digest = rotate(a);
        assertThrows(StatusRuntimeException.class, () -> rotate(b));
        a.stop();
        TestNode.await("another leads and still exchanges", () -> {
            try {
                return authority(b).getDigest().equals(digest) && authority(b).getBehindCount() > 0;
            } catch (StatusRuntimeException noLeader) {
                return false;
            }
        });
        a.start();
        TestNode.await("the worker alone is behind", () -> {
            try {
                return authority(b).getBehindList().size() == 1;
            } catch (StatusRuntimeException noLeader) {
                return false;
            }
        });
        assertFalse(isOver(b));
        w.start();
        TestNode.await("the exchange is over", () -> isOver(a) && isOver(b) && isOver(c));
        for (TestNode each : List.of(a, b, c, w)) {
            TestNode.await("it has dropped the old root", () -> trustsOnly(each, digest));
        }
        put(c, "after");
    }

    @Test
    void anExchangeThatIsEndedLeavesNodesBehindThatAreToldSo() throws IOException {
        TestNode a = founder();
        TestNode w = node("w").join(a, Role.ROLE_WORKER);
        String id = w.id();
        TestNode.await("it is ready", () -> isReady(a, id));
        w.stop();
        rotate(a);
        assertFalse(isOver(a));
        a.calls().rotateAuthority(RotateAuthorityRequest.newBuilder().setFinish(true).build());
        TestNode.await("the exchange is over", () -> isOver(a));
        assertThrows(StatusRuntimeException.class, () -> a.calls().rotateAuthority(
                RotateAuthorityRequest.newBuilder().setFinish(true).build()));
        w.start();
        TestNode.await("it is told", () -> w.journal.stream()
                .anyMatch(each -> each.contains("exchanged its root while this node was off")));
    }

    @Test
    void aGivenRootIsUsedOrAllThatIsWrongWithItIsTold() throws IOException {
        TestNode a = founder();
        String current = authority(a).getRoot();
        String wrong = assertThrows(StatusRuntimeException.class, () -> a.calls().rotateAuthority(
                RotateAuthorityRequest.newBuilder().setCertificate(current).setKey("none").build())).getMessage();
        assertTrue(wrong.contains("--ca-key"), wrong);
        String alone = assertThrows(StatusRuntimeException.class, () -> a.calls().rotateAuthority(
                RotateAuthorityRequest.newBuilder().setCertificate(current).build())).getMessage();
        assertTrue(alone.contains("together"), alone);
        assertTrue(isOver(a));
    }

    @Test
    void aRemovedManagerIsRefusedByWorkersThatHeardOfIt() throws IOException {
        TestNode a = founder();
        TestNode b = node("b").join(a, Role.ROLE_MANAGER);
        TestNode c = node("c").join(a, Role.ROLE_MANAGER);
        TestNode w = node("w").join(a, Role.ROLE_WORKER);
        String gone = b.id();
        TestNode.await("all are ready", () -> {
            try {
                return isReady(a, gone) && isReady(a, c.id()) && isReady(a, w.id());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        a.calls().removeNode(RemoveNodeRequest.newBuilder().setName(gone).setForce(true).build());
        TestNode.await("the removed one knows", () -> b.journal.stream()
                .anyMatch(each -> each.contains("was removed") || each.contains("was shut out")));
        TestNode.await("the worker keeps who is shut out", () -> {
            try {
                return java.nio.file.Files.exists(w.settings.folder().resolve("trust"))
                        && new String(java.nio.file.Files.readAllBytes(w.settings.folder().resolve("trust")),
                                java.nio.charset.StandardCharsets.ISO_8859_1).contains(gone);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
