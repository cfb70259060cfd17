package cli.command;

import api.cluster.Role;
import api.cluster.UpdateNodeRequest;

/** Makes nodes managers, or workers. */
final class NodeRoleCommand implements NodeChange {
    private final boolean promote;

    /** @param word "promote" or "demote" */
    NodeRoleCommand(String word) {
        this.promote = word.equals("promote");
    }

    @Override
    public Syntax syntax() {
        return new Syntax(promote ? "node promote" : "node demote",
                promote ? "Make one or more nodes managers" : "Make one or more managers workers")
                .positionals("NODE [NODE...]", 1, Syntax.ANY);
    }

    @Override
    public UpdateNodeRequest.Builder change(Arguments arguments) {
        return UpdateNodeRequest.newBuilder().setRole(promote ? Role.ROLE_MANAGER : Role.ROLE_WORKER);
    }

    @Override
    public String done(String node) {
        return promote ? "Node " + node + " promoted to a manager in the cluster."
                : "Manager " + node + " demoted in the cluster.";
    }
}
