package clusterd.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Node;
import clusterd.model.NodeDescription;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import clusterd.wire.RecordCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said of a node. */
class WhyNodeTest {
    private static final String TROUBLE = "tunnel of shop to b: its bridge does not answer: let UDP port 4789 through";

    @Test
    void whatIsWrongWithItsWaysToOthersIsSaidAsLongAsItIs() {
        Node plain = Sample.node("a", 4, 8);
        ClusterState before = ClusterState.EMPTY.apply(List.of(new Command.AddNode(plain))).state();
        assertEquals(-1, Why.of(before.node(plain.id()).orElseThrow(), before).indexOf("Of its networks"));
        ClusterState after = before.apply(List.of(new Command.DescribeNode(plain.id(), plain.session(),
                plain.description().troubled(List.of(TROUBLE))))).state();
        String said = Why.of(after.node(plain.id()).orElseThrow(), after);
        assertTrue(said.endsWith("Of its networks: " + TROUBLE + ".\n"), said);
    }

    @Test
    void troublesTravelWithTheDescription() throws Exception {
        RecordCodec<NodeDescription> codec = RecordCodec.of(NodeDescription.class);
        NodeDescription troubled = Sample.node("a", 4, 8).description().troubled(List.of(TROUBLE));
        assertEquals(troubled, codec.decode(codec.encode(troubled)));
        assertEquals(troubled.at("192.0.2.1").keyed("k").in("north").troubles(), List.of(TROUBLE));
    }
}
