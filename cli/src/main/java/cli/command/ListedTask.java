package cli.command;

import api.cluster.Desire;
import api.cluster.ListTasksResponse;
import api.cluster.Task;
import api.cluster.TaskState;
import api.cluster.TaskStatus;
import api.cluster.TaskView;
import cli.render.Ages;
import cli.wire.MalformedMessageException;
import cli.wire.MessageReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The fields of a TaskView that a list shows; units as in cluster.proto. */
final class ListedTask {
    private static final int SHORT_ERROR = 30;

    String id = "";
    String name = "";
    String service = "";
    String image = "";
    String node = "";
    String nodeId = "";
    String site = "";
    long slot;
    long createdMillis;
    /** A value of Desire. */
    int desire;
    /** A value of TaskState. */
    int state;
    long sinceMillis;
    String message = "";
    String containerId = "";
    /** Of its program; -1 = it has not ended. */
    long exitCode = -1;
    final List<String> ports = new ArrayList<>();

    /** Reads a ListTasksResponse. */
    static List<ListedTask> all(MessageReader response) throws MalformedMessageException {
        List<ListedTask> tasks = new ArrayList<>();
        while (response.next()) {
            if (response.field() == ListTasksResponse.TASKS_FIELD_NUMBER) {
                tasks.add(read(response.message()));
            }
        }
        return tasks;
    }

    private static ListedTask read(MessageReader view) throws MalformedMessageException {
        ListedTask listed = new ListedTask();
        while (view.next()) {
            switch (view.field()) {
                case TaskView.TASK_FIELD_NUMBER -> listed.task(view.message());
                case TaskView.NAME_FIELD_NUMBER -> listed.name = view.string();
                case TaskView.SERVICE_NAME_FIELD_NUMBER -> listed.service = view.string();
                case TaskView.NODE_NAME_FIELD_NUMBER -> listed.node = view.string();
                case TaskView.SITE_FIELD_NUMBER -> listed.site = view.string();
                case TaskView.IMAGE_FIELD_NUMBER -> listed.image = view.string();
                case TaskView.HOST_PORTS_FIELD_NUMBER ->
                        listed.ports.add(ListedService.hostPort(view.message()));
                default -> { }
            }
        }
        return listed;
    }

    private void task(MessageReader task) throws MalformedMessageException {
        while (task.next()) {
            switch (task.field()) {
                case Task.ID_FIELD_NUMBER -> id = task.string();
                case Task.SLOT_FIELD_NUMBER -> slot = task.number();
                case Task.NODE_FIELD_NUMBER -> nodeId = task.string();
                case Task.DESIRE_FIELD_NUMBER -> desire = (int) task.number();
                case Task.STATUS_FIELD_NUMBER -> status(task.message());
                case Task.CREATED_MILLIS_FIELD_NUMBER -> createdMillis = task.number();
                default -> { }
            }
        }
    }

    private void status(MessageReader status) throws MalformedMessageException {
        while (status.next()) {
            switch (status.field()) {
                case TaskStatus.STATE_FIELD_NUMBER -> state = (int) status.number();
                case TaskStatus.SINCE_MILLIS_FIELD_NUMBER -> sinceMillis = status.number();
                case TaskStatus.MESSAGE_FIELD_NUMBER -> message = status.string();
                case TaskStatus.CONTAINER_ID_FIELD_NUMBER -> containerId = status.string();
                case TaskStatus.EXIT_CODE_FIELD_NUMBER -> exitCode = status.number();
                default -> { }
            }
        }
    }

    /** Whether it ended, or cannot begin, against what was wanted. */
    boolean isAmiss() {
        return state == TaskState.TASK_FAILED_VALUE || state == TaskState.TASK_REJECTED_VALUE
                || state == TaskState.TASK_ORPHANED_VALUE;
    }

    /**
     * Why it does not run, of one that waits for a node, or there for an image or a network, has ended against what was wanted, or was ended for a reason of
     * its node's, as by its lease; else empty.
     */
    String error() {
        boolean endedByNode = state == TaskState.TASK_SHUTDOWN_VALUE && !message.isEmpty();
        boolean waits = state == TaskState.TASK_PENDING_VALUE || state == TaskState.TASK_PREPARING_VALUE;
        if (!isAmiss() && !endedByNode && !waits) {
            return "";
        }
        return message.isEmpty() && exitCode > 0 ? "task: non-zero exit (" + exitCode + ")" : message;
    }

    /** The same in quotes and, unless all is wanted, in thirty characters, as docker has it. */
    String quotedError(boolean shorten) {
        String error = error();
        if (error.isEmpty()) {
            return "";
        }
        String line = error.replace('\n', ' ');
        return "\"" + (shorten && line.codePointCount(0, line.length()) > SHORT_ERROR
                ? line.substring(0, line.offsetByCodePoints(0, SHORT_ERROR - 1)) + "…" : line) + "\"";
    }

    /** "Running 3 minutes ago". */
    String currentState(long nowMillis) {
        String word = word(state);
        return sinceMillis == 0 ? word : word + " "
                + Ages.span((nowMillis - sinceMillis) * 1_000_000).toLowerCase(Locale.ROOT) + " ago";
    }

    /** "Running". */
    String desiredState() {
        return switch (desire) {
            case Desire.DESIRE_READY_VALUE -> "Ready";
            case Desire.DESIRE_RUNNING_VALUE -> "Running";
            case Desire.DESIRE_SHUTDOWN_VALUE -> "Shutdown";
            case Desire.DESIRE_REMOVE_VALUE -> "Remove";
            default -> "Unknown";
        };
    }

    /** A value of TaskState in docker's words. */
    static String word(int state) {
        return switch (state) {
            case TaskState.TASK_PENDING_VALUE -> "Pending";
            case TaskState.TASK_ASSIGNED_VALUE -> "Assigned";
            case TaskState.TASK_PREPARING_VALUE -> "Preparing";
            case TaskState.TASK_READY_VALUE -> "Ready";
            case TaskState.TASK_STARTING_VALUE -> "Starting";
            case TaskState.TASK_RUNNING_VALUE -> "Running";
            case TaskState.TASK_COMPLETE_VALUE -> "Complete";
            case TaskState.TASK_SHUTDOWN_VALUE -> "Shutdown";
            case TaskState.TASK_FAILED_VALUE -> "Failed";
            case TaskState.TASK_REJECTED_VALUE -> "Rejected";
            case TaskState.TASK_ORPHANED_VALUE -> "Orphaned";
            default -> "Unknown";
        };
    }
}
