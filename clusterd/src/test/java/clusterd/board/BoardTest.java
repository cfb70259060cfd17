package clusterd.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Availability;
import clusterd.model.Decision;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.ServiceId;
import clusterd.model.TaskId;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Sample;
import clusterd.state.TaskReport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BoardTest {
    private static final ServiceId WEB = new ServiceId("web-id");
    private static final Standpoint HERE = new Standpoint("c", "a", "a", 1, Map.of("b", false));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static ClusterState after(ClusterState state, Command... commands) {
        return state.apply(List.of(commands)).state();
    }

    private static ClusterState running(String message) {
        return after(ClusterState.EMPTY, new Command.AddNode(Sample.node("a", 4, 8)),
                new Command.CreateService(WEB, Sample.service("web", 2, Sample.template(100, 64)), 5),
                new Command.CreateTask(Sample.task("t1", WEB, 1, 1)),
                new Command.AssignTask(new TaskId("t1"), new NodeId("a"), "emptiest", 6),
                new Command.ReportTasks(new NodeId("a"), 1, List.of(new TaskReport(new TaskId("t1"),
                        Sample.task("t1", WEB, 1, 1).status().in(TaskState.RUNNING, 9, message)))),
                new Command.KeepDecision(new Decision(1, 7, WEB, 1, 2,
                        List.of(new Decision.Chosen(new NodeId("a"), 1, "has fewest tasks")),
                        List.of(new Decision.Refused("resources", "lack 64 MiB of memory", 1, List.of("b"))))));
    }

    private static JsonNode part(Board board, String key) throws IOException {
        return MAPPER.readTree(board.parts().get(key));
    }

    @Test
    void saysWhatThereIs() throws IOException {
        Board board = ClusterBoard.of(running("healthy"), HERE);
        assertEquals(List.of("cluster", "decision/1", "node/a", "service/web-id", "task/t1"),
                List.copyOf(board.parts().keySet()));
        JsonNode task = part(board, "task/t1");
        assertEquals("running", task.get("state").asText());
        assertEquals("a", task.get("node").asText());
        assertEquals("web.1", task.get("name").asText());
        JsonNode service = part(board, "service/web-id");
        assertEquals(2, service.get("wanted").asInt());
        assertEquals(1, service.get("running").asInt());
        assertTrue(part(board, "node/a").get("leader").asBoolean());
        assertEquals(100, part(board, "node/a").get("reserved").get("cpu").asInt());
        String text = part(board, "decision/1").get("text").asText();
        assertTrue(text.contains("a got 1: has fewest tasks"), text);
        assertTrue(text.contains("1 node lacks 64 MiB of memory: b"), text);
    }

    @Test
    void whatIsOnANodeThatIsDownDoesNotCountAsRunning() throws IOException {
        ClusterState down = after(running(""), new Command.MarkNode(new NodeId("a"), 1,
                new NodeStatus(NodeStatus.State.DOWN, 10, "not heard of", "")));
        assertEquals("down", part(ClusterBoard.of(down, HERE), "node/a").get("state").asText());
        assertEquals(0, part(ClusterBoard.of(down, HERE), "service/web-id").get("running").asInt());
    }

    @Test
    void hostileTextStaysText() throws IOException {
        String hostile = "</script><script>\u001b[2J\u001b]0;x\u0007\"\\\u202egnp.exe\nline\u0000";
        Board board = ClusterBoard.of(running(hostile), HERE);
        assertEquals("</script><script>\"\\\ufffdgnp.exe\nline\ufffd", part(board, "task/t1").get("message").asText());
        assertEquals(-1, board.json().indexOf('\n'), "one line, so that it is one event");
    }

    @Test
    void deltasMakeOneOfTheOther() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ClusterState state = ClusterState.EMPTY;
        Board shown = Board.EMPTY;
        for (int step = 0; step < 200; step++) {
            state = after(state, any(random).toArray(Command[]::new));
            Board now = ClusterBoard.of(state, HERE);
            Delta delta = now.since(shown);
            assertEquals(now, shown.with(delta), "seed " + seed + ", step " + step);
            assertEquals(now.equals(shown), delta.isEmpty(), "seed " + seed + ", step " + step);
            JsonNode told = MAPPER.readTree(delta.json());
            assertEquals(delta.put().size(), told.get("put").size());
            assertEquals(delta.gone().size(), told.get("gone").size());
            shown = now;
        }
        assertFalse(shown.parts().isEmpty());
    }

    /** Some are refused: that is no matter here. */
    private static List<Command> any(Random random) {
        String node = "n" + random.nextInt(4);
        ServiceId service = new ServiceId("s" + random.nextInt(4));
        TaskId task = new TaskId("t" + random.nextInt(20));
        List<Command> commands = new ArrayList<>();
        commands.add(switch (random.nextInt(8)) {
            case 0 -> new Command.AddNode(Sample.node(node, 4, 8));
            case 1 -> new Command.CreateService(service, Sample.service(service.value(), 3,
                    Sample.template(100, 64)), 5);
            case 2 -> new Command.CreateTask(Sample.task(task.value(), service, 1 + random.nextInt(5), 1));
            case 3 -> new Command.AssignTask(task, new NodeId(node), "emptiest", 6);
            case 4 -> new Command.EndTask(task, Sample.task("t", service, 1, 1).status()
                    .in(TaskState.FAILED, step(random), "exit code 3"));
            case 5 -> new Command.ForgetTask(task);
            case 6 -> new Command.UpdateNode(new NodeId(node), 1, Sample.node(node, 4, 8).spec()
                    .with(Availability.DRAIN));
            default -> new Command.KeepDecision(new Decision(1 + random.nextInt(300), 7, service, 1, 2, List.of(),
                    List.of()));
        });
        return commands;
    }

    private static long step(Random random) {
        return random.nextInt(1000);
    }

    @Test
    void ofTooManyTheNewestAreShown() throws IOException {
        List<Command> commands = new ArrayList<>();
        commands.add(new Command.CreateService(WEB, Sample.service("web", 9000, Sample.template(1, 1)), 5));
        for (int i = 0; i < ClusterBoard.MOST_TASKS + 500; i++) {
            commands.add(new Command.CreateTask(Sample.task("alive-" + i, WEB, i + 1, 1)));
        }
        for (int i = 0; i < ClusterBoard.MOST_ENDED + 100; i++) {
            commands.add(new Command.CreateTask(Sample.task("ended-" + i, WEB, i + 1, 1)));
            commands.add(new Command.EndTask(new TaskId("ended-" + i), Sample.task("t", WEB, 1, 1).status()
                    .in(TaskState.FAILED, i, "")));
        }
        ClusterState state = after(ClusterState.EMPTY, commands.toArray(Command[]::new));
        Board board = ClusterBoard.of(state, HERE);
        assertEquals(ClusterBoard.MOST_TASKS + ClusterBoard.MOST_ENDED,
                board.parts().keySet().stream().filter(each -> each.startsWith("task/")).count());
        assertTrue(board.parts().containsKey("task/ended-" + (ClusterBoard.MOST_ENDED + 99)));
        assertFalse(board.parts().containsKey("task/ended-0"));
        assertEquals(ClusterBoard.MOST_TASKS + 500, part(board, "cluster").get("tasks").asInt());
    }
}
