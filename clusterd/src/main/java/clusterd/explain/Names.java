package clusterd.explain;

import clusterd.model.Network;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.Service;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.state.ClusterState;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** What users call things, and what they mean by it. */
public final class Names {
    /** A name that is nobody's, or several's. */
    public static final class UnknownNameException extends Exception {
        private static final long serialVersionUID = 1;

        UnknownNameException(String message) {
            super(message);
        }
    }

    private Names() {
    }

    /** {@code SERVICE.SLOT}; {@code SERVICE.SITE.SLOT} if it is of a site; {@code SERVICE.NODE} of a global one. */
    public static String of(Task task, ClusterState state) {
        String service = state.service(task.service()).map(each -> each.spec().name())
                .orElse(task.service().value());
        return service + "." + (task.site().isEmpty() ? "" : task.site() + ".") + (task.slot() == 0 ? task.node().map(each -> node(each, state)).orElse("?")
                : Integer.toString(task.slot()));
    }

    /** A node's host name, or its id if it is gone. */
    public static String node(NodeId id, ClusterState state) {
        return state.node(id).map(each -> each.description().hostname()).filter(each -> !each.isEmpty())
                .orElse(id.value());
    }

    /** The service of that name, id or prefix of an id. */
    public static Service service(String name, ClusterState state) throws UnknownNameException {
        Optional<Service> byName = state.service(name);
        return byName.isPresent() ? byName.get() : byId("service", "`jctl service ls` lists them", name,
                state.services().stream(), each -> each.id().value());
    }

    /** The node of that host name, id or prefix of an id. */
    public static Node node(String name, ClusterState state) throws UnknownNameException {
        List<Node> byName = state.nodes().stream().filter(each -> each.description().hostname().equals(name))
                .toList();
        if (byName.size() > 1) {
            throw new UnknownNameException(byName.size() + " nodes are named " + name + ": use an id of "
                    + byName.stream().map(each -> each.id().value()).toList());
        }
        return byName.isEmpty() ? byId("node", "`jctl node ls` lists them", name, state.nodes().stream(),
                each -> each.id().value()) : byName.getFirst();
    }

    /** The network of that name, id or prefix of an id. */
    public static Network network(String name, ClusterState state) throws UnknownNameException {
        Optional<Network> byName = state.networking().find(name);
        return byName.isPresent() ? byName.get() : byId("network", "`jctl network ls` lists them", name,
                state.networking().all().stream(), each -> each.id().value());
    }

    /** The task of that name that is alive, or the last one that was; or of that id, or prefix of an id. */
    public static Task task(String name, ClusterState state) throws UnknownNameException {
        // Names of services and of sites may have dots themselves.
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            Optional<Service> service = state.service(name.substring(0, dot));
            if (service.isEmpty()) {
                continue;
            }
            List<Task> named = state.tasksOf(service.get().id()).filter(each -> of(each, state).equals(name))
                    .sorted((a, b) -> a.isAlive() != b.isAlive() ? (a.isAlive() ? -1 : 1)
                            : Long.compare(b.createdMillis(), a.createdMillis())).toList();
            if (!named.isEmpty()) {
                return named.getFirst();
            }
        }
        return byId("task", "`jctl service ps SERVICE` lists them", name, state.tasks().stream(),
                each -> each.id().value());
    }

    /** That there is a project of that name; a service can be of one that nobody has made. */
    public static void checkProject(String name, ClusterState state) throws UnknownNameException {
        if (!name.equals(ServiceSpec.STANDARD_PROJECT)
                && state.projects().stream().noneMatch(each -> each.name().equals(name))
                && state.services().stream().noneMatch(each -> each.spec().project().equals(name))) {
            throw new UnknownNameException("there is no project " + name + ": `jctl project ls` lists them");
        }
    }

    private static <T> T byId(String kind, String how, String name, Stream<T> all, Function<T, String> id)
            throws UnknownNameException {
        List<T> found = name.isEmpty() ? List.of()
                : all.filter(each -> id.apply(each).startsWith(name)).limit(3).toList();
        Optional<T> exact = found.stream().filter(each -> id.apply(each).equals(name)).findFirst();
        if (exact.isPresent()) {
            return exact.get();
        }
        if (found.size() != 1) {
            throw new UnknownNameException(found.isEmpty() ? "there is no " + kind + " " + name + ": " + how
                    : "several " + kind + "s have ids that begin with " + name + ": write more of it");
        }
        return found.getFirst();
    }
}
