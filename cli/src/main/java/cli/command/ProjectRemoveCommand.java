package cli.command;

import api.cluster.RemoveProjectRequest;
import api.cluster.RemoveProjectResponse;
import cli.transport.CallException;
import java.io.IOException;

/** Removes projects. */
final class ProjectRemoveCommand implements OverClusterNames {

    @Override
    public Syntax syntax() {
        return new Syntax("project rm", "Remove one or more projects")
                .positionals("PROJECT [PROJECT...]", 1, Syntax.ANY);
    }

    @Override
    public void one(NodeClient client, String project, Arguments arguments, Console console)
            throws CallException, IOException {
        client.unary("RemoveProject", RemoveProjectRequest.newBuilder().setName(project).build(),
                RemoveProjectResponse.parser());
        console.println(project);
    }
}
