package clusterd.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.CreateContainerRequest;
import api.node.ResourceRequest;
import clusterd.decider.Decider;
import clusterd.model.ContainerTemplate;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.model.TaskTemplate;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Sample;
import clusterd.template.DeviceRequests;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tasks that ask for a device go where it is, and it is said what lacks. */
class WhyDevicesTest {
    private static final long NOW_MILLIS = 1_000_000;

    private ClusterState state = ClusterState.EMPTY;
    private int number;
    private final Decider decider = new Decider(state, () -> new TaskId("t" + ++number));

    private void apply(List<Command> commands) {
        ClusterState.Applied applied = state.apply(new Entry(0, commands));
        state = applied.state();
        decider.observe(applied.changes(), state);
    }

    private void apply(Command command) {
        apply(List.of(command));
    }

    private void decide() {
        for (List<Command> step = decider.decide(NOW_MILLIS); !step.isEmpty(); step = decider.decide(NOW_MILLIS)) {
            apply(step);
        }
    }

    private void offers(String node, long devices) {
        Node before = state.node(new NodeId(node)).orElseThrow();
        apply(new Command.DescribeNode(before.id(), before.session(),
                before.description().with(Resources.of(8000, 8L << 30).with("sriov/media", devices))));
    }

    private Service relay() {
        return state.service(new ServiceId("relay")).orElseThrow();
    }

    private List<String> places() {
        return state.tasksOf(relay().id()).flatMap(each -> each.node().stream()).map(NodeId::value).sorted().toList();
    }

    @Test
    void tasksGoWhereDevicesAreAndTheRestWaitsAndIsToldWhatLacks() {
        for (String each : List.of("a", "b", "c")) {
            apply(new Command.AddNode(Sample.node(each, 8, 8)));
        }
        TaskTemplate template = DeviceRequests.counted(TaskTemplate.of(new ContainerTemplate("relay:1",
                CreateContainerRequest.newBuilder().addResourceRequests(ResourceRequest.newBuilder().setName("sriov/media"))
                        .build().toByteArray()), Resources.of(100, 1 << 20)));
        apply(new Command.CreateService(new ServiceId("relay"), Sample.service("relay", 3, template), NOW_MILLIS));
        decide();
        assertEquals(List.of(), places());
        String why = Why.of(relay(), state);
        assertTrue(why.contains("  3 nodes lack 1 sriov/media: "), why);
        offers("b", 2);
        decide();
        assertEquals(List.of("b", "b"), places());
        why = Why.of(relay(), state);
        assertTrue(why.contains("nodes lack 1 sriov/media: "), why);
        offers("c", 1);
        decide();
        assertEquals(List.of("b", "b", "c"), places());
    }
}
