package clusterd.daemon;

import clusterd.agent.GrpcDial;
import clusterd.agent.LogUpload;
import clusterd.agent.NodeAgent;
import clusterd.executor.AssignmentStore;
import clusterd.executor.BootMark;
import clusterd.executor.NodeContainers;
import clusterd.executor.NodeFacts;
import clusterd.executor.Pace;
import clusterd.executor.Surroundings;
import clusterd.executor.TaskLogs;
import clusterd.executor.TaskFiles;
import clusterd.executor.TaskRunners;
import clusterd.executor.UsageReadings;
import clusterd.model.NodeId;
import clusterd.security.TlsContexts;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What a node is while it carries out tasks: its containers of tasks, and the session that says which. */
final class WorkerRole implements AutoCloseable {
    private final TaskRunners runners;
    private final NodeAgent agent;
    private final UsageReadings usages;

    WorkerRole(ClusterSettings settings, NodeFile self, TlsContexts tls, Consumer<List<String>> keep,
            NodeAgent.Orders orders)
            throws IOException {
        AtomicReference<NodeAgent> told = new AtomicReference<>();
        settings.networks().join(self.nodeId(), network -> {
            NodeAgent now = told.get();
            if (now == null) {
                settings.networks().refused(network, "this node's agent has only just begun: try again");
            } else {
                now.want(network);
            }
        });
        this.runners = new TaskRunners(new Surroundings(new NodeId(self.nodeId()),
                BootMark.of(settings.run()), new NodeContainers(settings.node(), settings.lease(),
                        settings.journal()),
                TaskFiles.open(settings.run().resolve("tasks"), settings.memory()),
                AssignmentStore.open(settings.folder().resolve("assignments")), Pace.REAL, report -> {
                    NodeAgent now = told.get();
                    if (now != null) {
                        now.report(report);
                    }
                }, settings.journal()::say, settings.networks()), true);
        this.usages = new UsageReadings(settings.node(), usage -> {
            NodeAgent now = told.get();
            if (now != null) {
                now.report(usage);
            }
        }, settings.journal());
        this.agent = new NodeAgent(new NodeAgent.Settings(self.nodeId(), settings.randomId(), self.managers(),
                new NodeFacts(settings.node(), settings.journal(), settings.site(), () ->
                        settings.networks().underlay(self.address().host(), managers(told.get(), self)),
                        settings.networks()), keep,
                new LogUpload(tls, new TaskLogs(settings.node()), settings.journal()), orders, usages,
                settings.networks()),
                new GrpcDial(tls),
                runners, settings.random(), settings.journal());
        told.set(agent);
    }

    private static List<String> managers(NodeAgent agent, NodeFile self) {
        return agent == null ? self.managers() : agent.managers();
    }

    NodeAgent agent() {
        return agent;
    }

    /** Containers go on. */
    @Override
    public void close() {
        agent.close();
        usages.close();
        runners.close();
    }
}
