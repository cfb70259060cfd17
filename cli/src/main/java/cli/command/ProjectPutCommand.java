package cli.command;

import api.cluster.ListProjectsRequest;
import api.cluster.ListProjectsResponse;
import api.cluster.Project;
import api.cluster.PutProjectRequest;
import api.cluster.PutProjectResponse;
import api.cluster.Resources;
import cli.transport.CallException;
import java.io.IOException;

/** Makes a project, or changes its quota and weight. */
final class ProjectPutCommand implements Command {
    private final boolean create;

    /** @param word "create" or "update" */
    ProjectPutCommand(String word) {
        this.create = word.equals("create");
    }

    @Override
    public Syntax syntax() {
        return new Syntax(create ? "project create" : "project update", create
                ? "Create a project, which shares the cluster with others"
                : "Change the quota or the weight of a project")
                .positionals("PROJECT", 1, 1)
                .value("cpus", "decimal", "Processors its tasks may reserve together (0: whatever there is)")
                .value('m', "memory", "bytes", "Memory its tasks may reserve together (0: whatever there is)")
                .value("pids", "int", "Processes and threads they may reserve (0: whatever there is)")
                .value("weight", "int", "Of its share when the cluster is full (default 1)");
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String name = arguments.positional(0);
        ServiceNames.check("project", name);
        if (!create && arguments.names().isEmpty()) {
            throw new UsageException("nothing to change: give --cpus, --memory, --pids or --weight");
        }
        Project.Builder project = Project.newBuilder().setName(name).setWeight(1);
        change(project, arguments);
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            Project found = find(client, name);
            if (create && found != null) {
                throw new UsageException("project " + name + " exists: `jctl project update` changes it");
            }
            if (!create && found == null) {
                throw new UsageException("no project is named " + name + ": `jctl project ls` lists them");
            }
            if (!create) {
                project = found.toBuilder();
                change(project, arguments);
            }
            client.unary("PutProject", PutProjectRequest.newBuilder().setProject(project).build(),
                    PutProjectResponse.parser());
        }
        console.println(name);
        return 0;
    }

    private static Project find(NodeClient client, String name) throws CallException, IOException {
        for (ListProjectsResponse.View view : client.unary("ListProjects",
                ListProjectsRequest.getDefaultInstance(), ListProjectsResponse.parser()).getProjectsList()) {
            if (view.getProject().getName().equals(name)) {
                return view.getProject();
            }
        }
        return null;
    }

    private static void change(Project.Builder project, Arguments arguments) throws UsageException {
        Resources.Builder quota = project.getQuota().toBuilder();
        if (arguments.has("cpus")) {
            quota.setCpuMillis(ReservationFlags.cpuMillis("cpus", arguments));
        }
        if (arguments.has("memory")) {
            quota.setMemoryBytes(arguments.bytes("memory"));
        }
        if (arguments.has("pids")) {
            quota.setPids(arguments.atLeast(0, "pids"));
        }
        if (arguments.has("weight")) {
            project.setWeight(arguments.atLeast(1, "weight"));
        }
        project.setQuota(quota);
    }
}
