package clusterd.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import clusterd.model.Availability;
import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.model.NodeId;
import clusterd.model.NodeSpec;
import clusterd.model.NodeStatus;
import clusterd.model.Resources;
import clusterd.model.Role;
import clusterd.model.StoredFile;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClusterEventsTest {
    private static final NodeId ID = new NodeId("n1");
    private ClusterState state = ClusterState.EMPTY;

    private List<String> apply(Command command) {
        ClusterState.Applied applied = state.apply(List.of(command));
        state = applied.state();
        return applied.changes().stream().map(each -> ClusterEvents.of(each, state)).flatMap(Optional::stream)
                .map(each -> each.type().word() + " " + each.action() + " " + each.id() + " "
                        + new TreeMap<>(each.attributes())).toList();
    }

    private static Node node() {
        return new Node(ID, 1, NodeSpec.of(Role.MANAGER), NodeDescription.of("box1", Resources.NONE),
                new NodeStatus(NodeStatus.State.READY, 0, "", ""), 0, 0);
    }

    @Test
    void nodesComeChangeAndGoInDockersWords() {
        assertEquals(List.of("node create n1 {name=box1}"), apply(new Command.AddNode(node())));
        assertEquals(List.of("node update n1 {message=silent, name=box1, state.new=down, state.old=ready}"),
                apply(new Command.MarkNode(ID, 0, new NodeStatus(NodeStatus.State.DOWN, 5, "silent", ""))));
        assertEquals(List.of("node update n1 {availability.new=drain, availability.old=active, name=box1}"),
                apply(new Command.UpdateNode(ID, 0, NodeSpec.of(Role.MANAGER).with(Availability.DRAIN))));
        assertEquals(List.of("cluster leader_elected n1 {name=box1, term=3}"),
                apply(new Command.BeginTerm(3, "n1")));
        assertEquals(List.of(), apply(new Command.BeginTerm(3, "n1")), "that term began already");
        assertEquals(List.of("node remove n1 {name=box1}"), apply(new Command.RemoveNode(ID)));
    }

    @Test
    void aNodeThatHasNotSaidItsNameYetIsNamedByItsId() {
        Node silent = node().with(NodeDescription.of("", Resources.NONE));
        assertEquals(List.of("node create n1 {name=n1}"), apply(new Command.AddNode(silent)));
    }

    @Test
    void filesHaveTheirNamesAndNotTheirContent() {
        List<String> events = apply(new Command.CreateFile(new StoredFile("key", true, new TreeMap<>(),
                "hunter2".getBytes(java.nio.charset.StandardCharsets.UTF_8), 1)));
        assertEquals(List.of("secret create key {name=key}"), events);
        assertFalse(events.toString().contains("hunter2"));
        assertEquals(List.of("secret remove key {name=key}"), apply(new Command.RemoveFile("key", true)));
    }

    @Test
    void theVaultIsNobodysBusiness() {
        assertEquals(List.of(), apply(new Command.PutVault("k", 0, new byte[1])));
    }
}
