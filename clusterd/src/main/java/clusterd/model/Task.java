package clusterd.model;

import java.util.List;
import java.util.Optional;

/**
 * One try at filling one place of a service. It is on one node for all its life; another try is another
 * task.
 *
 * @param id            of it
 * @param service       whose it is
 * @param slot          the place, from 1; of a global service 0, its place is the node
 * @param specVersion   of the template it is of
 * @param node          where it is, once that is decided; of a global service from the beginning
 * @param desire        what is wanted of it
 * @param status        what is known of it
 * @param reason        why it was made
 * @param notBeforeMillis when it may start at the earliest
 * @param createdMillis since 1970
 * @param iteration     of a job: the run it belongs to; 0 otherwise
 * @param session       of its node, in which the node last said that it is in the state it is known to be in; 0 =
 *                      it never did
 * @param site        it must be in, and whose {@code slot} it fills; {@code ""} = any
 */
public record Task(TaskId id, ServiceId service, int slot, long specVersion, Optional<NodeId> node,
        Desire desire, TaskStatus status, String reason, long notBeforeMillis, long createdMillis,
        long iteration, long session, String site) {
    /** One that may be in any site. */
    public Task(TaskId id, ServiceId service, int slot, long specVersion, Optional<NodeId> node, Desire desire,
            TaskStatus status, String reason, long notBeforeMillis, long createdMillis, long iteration,
            long session) {
        this(id, service, slot, specVersion, node, desire, status, reason, notBeforeMillis, createdMillis, iteration,
                session, "");
    }

    /** One that has just been made, and that no node has said anything of. */
    public static Task fresh(TaskId id, ServiceId service, int slot, long specVersion, Optional<NodeId> node,
            Desire desire, TaskStatus status, String reason, long notBeforeMillis, long iteration) {
        return new Task(id, service, slot, specVersion, node, desire, status, reason, notBeforeMillis,
                status.sinceMillis(), iteration, 0);
    }

    /** Whether it fills its place: it is wanted, and has not ended. */
    public boolean isAlive() {
        return desire.isAlive() && !status.state().isEnd();
    }

    /** Whether its node has, or may have, something of it. */
    public boolean holdsNode() {
        return node.isPresent() && status.state().isOnNode();
    }

    /** The same with another status. */
    public Task with(TaskStatus other) {
        return new Task(id, service, slot, specVersion, node, desire, other, reason, notBeforeMillis,
                createdMillis, iteration, session, site);
    }

    /** The same, as its node says in that session. */
    public Task heard(TaskStatus said, long inSession) {
        return new Task(id, service, slot, specVersion, node, desire, said, reason, notBeforeMillis,
                createdMillis, iteration, inSession, site);
    }

    /** The same with something else wanted of it. */
    public Task with(Desire other) {
        return new Task(id, service, slot, specVersion, node, other, status, reason, notBeforeMillis,
                createdMillis, iteration, session, site);
    }

    /** The same in a site. */
    public Task in(String other) {
        return new Task(id, service, slot, specVersion, node, desire, status, reason, notBeforeMillis,
                createdMillis, iteration, session, other);
    }

    /** The same on a node. */
    public Task on(NodeId other, TaskStatus then) {
        return new Task(id, service, slot, specVersion, Optional.of(other), desire, then, reason,
                notBeforeMillis, createdMillis, iteration, session, site);
    }
}
