package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import api.cluster.Desire;
import api.cluster.HostPort;
import api.cluster.ListTasksResponse;
import api.cluster.Task;
import api.cluster.TaskState;
import api.cluster.TaskStatus;
import api.cluster.TaskView;
import cli.wire.MessageReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tasks in docker's words. */
class TaskListTest {
    private static final long NOW = 1_790_000_000_000L;

    private static TaskView.Builder task(String id, long slot, long createdMillis, TaskState state, Desire desire) {
        return TaskView.newBuilder().setName("web." + slot).setServiceName("web").setNodeName("b")
                .setImage("nginx").setTask(Task.newBuilder().setId(id).setSlot(slot).setDesire(desire)
                        .setCreatedMillis(createdMillis).setStatus(TaskStatus.newBuilder().setState(state)
                                .setSinceMillis(NOW - 180_000)));
    }

    private static TaskView with(TaskView.Builder view, String message, long exitCode) {
        TaskStatus.Builder status = view.getTask().getStatus().toBuilder().setMessage(message);
        if (exitCode >= 0) {
            status.setExitCode(exitCode);
        }
        return view.setTask(view.getTask().toBuilder().setStatus(status)).build();
    }

    private static List<ListedTask> read(TaskView... views) throws Exception {
        return ListedTask.all(new MessageReader(
                ListTasksResponse.newBuilder().addAllTasks(List.of(views)).build().toByteArray()));
    }

    private static List<Object> column(List<Map<String, Object>> rows, String field) {
        List<Object> values = new ArrayList<>();
        rows.forEach(row -> values.add(row.get(field)));
        return values;
    }

    @Test
    void theLastTaskOfAPlaceComesFirstAndThoseBeforeItAreMarked() throws Exception {
        List<ListedTask> tasks = read(
                task("old", 1, 1, TaskState.TASK_FAILED, Desire.DESIRE_SHUTDOWN).build(),
                task("two", 2, 2, TaskState.TASK_RUNNING, Desire.DESIRE_RUNNING).build(),
                task("ten", 10, 2, TaskState.TASK_RUNNING, Desire.DESIRE_RUNNING).build(),
                task("new", 1, 3, TaskState.TASK_RUNNING, Desire.DESIRE_RUNNING).build());
        List<Map<String, Object>> rows = TaskListCommand.rows(tasks, NOW, true, true);
        assertEquals(List.of("new", "old", "two", "ten"), column(rows, "ID"));
        assertEquals(List.of("web.1", " \\_ web.1", "web.2", "web.10"), column(rows, "Name"));
        assertEquals(List.of("web.1", "web.1", "web.2", "web.10"),
                column(TaskListCommand.rows(tasks, NOW, true, false), "Name"));
        assertEquals(List.of("Running", "Shutdown", "Running", "Running"), column(rows, "DesiredState"));
        assertEquals("Running 3 minutes ago", rows.getFirst().get("CurrentState"));
        assertEquals("Failed 3 minutes ago", rows.get(1).get("CurrentState"));
    }

    @Test
    void errorsAreShortenedAndOnlyThoseOfWhatIsAmissOrWaitsAreShown() throws Exception {
        String reason = "no node has 4 processors left: 3 have 2";
        List<ListedTask> tasks = read(
                with(task("a", 1, 1, TaskState.TASK_PENDING, Desire.DESIRE_RUNNING), reason, -1),
                with(task("b", 2, 1, TaskState.TASK_FAILED, Desire.DESIRE_SHUTDOWN), "", 137),
                with(task("c", 3, 1, TaskState.TASK_RUNNING, Desire.DESIRE_RUNNING), "healthy", -1),
                with(task("d", 4, 1, TaskState.TASK_REJECTED, Desire.DESIRE_SHUTDOWN), "日\n本", -1),
                with(task("e", 5, 1, TaskState.TASK_PREPARING, Desire.DESIRE_RUNNING), "its subnet overlaps", -1));
        assertEquals(List.of("\"no node has 4 processors left…\"", "\"task: non-zero exit (137)\"", "",
                "\"日 本\"", "\"its subnet overlaps\""), column(TaskListCommand.rows(tasks, NOW, true, true), "Error"));
        assertEquals("\"" + reason + "\"",
                TaskListCommand.rows(tasks, NOW, false, true).getFirst().get("Error"));
    }

    @Test
    void everyStateHasAWord() throws Exception {
        for (TaskState state : TaskState.values()) {
            if (state != TaskState.UNRECOGNIZED) {
                ListedTask listed = read(task("a", 1, 1, state, Desire.DESIRE_REMOVE).build()).getFirst();
                assertEquals("TASK_" + ListedTask.word(listed.state).toUpperCase(java.util.Locale.ROOT),
                        state.name());
                assertEquals("Remove", listed.desiredState());
            }
        }
        assertEquals("Unknown", ListedTask.word(99));
    }

    @Test
    void portsOfTheNode() throws Exception {
        List<ListedTask> tasks = read(task("a", 1, 1, TaskState.TASK_RUNNING, Desire.DESIRE_RUNNING)
                .addHostPorts(HostPort.newBuilder().setPort(8080).setProtocol("tcp"))
                .addHostPorts(HostPort.newBuilder().setPort(53).setProtocol("udp")).build());
        assertEquals("*:8080/tcp,*:53/udp", TaskListCommand.rows(tasks, NOW, true, true).getFirst().get("Ports"));
    }
}
