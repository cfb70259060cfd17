package cli.command;

import api.cluster.UpdateNodeRequest;

/** Changes what is wanted of nodes. */
final class NodeUpdateCommand implements NodeChange {

    @Override
    public Syntax syntax() {
        return new Syntax("node update", "Change role, availability, labels or site of one or more nodes")
                .positionals("NODE [NODE...]", 1, Syntax.ANY)
                .value("availability", "string", "Whether tasks may be there: active, pause, drain")
                .value("role", "string", "What it does besides: worker, manager, witness")
                .value("label-add", "list", "Add or change a label: key=value")
                .value("label-rm", "list", "Remove a label, if it is there")
                .value("site", "string", "Where it stands; empty for what its agent was told (--site)");
    }

    @Override
    public UpdateNodeRequest.Builder change(Arguments arguments) throws UsageException {
        if (arguments.names().isEmpty()) {
            throw new UsageException("nothing to change: give --availability, --role, --label-add, --label-rm"
                    + " or --site");
        }
        UpdateNodeRequest.Builder change = UpdateNodeRequest.newBuilder();
        if (arguments.has("availability")) {
            change.setAvailability(NodeAvailabilityCommand.availability("availability",
                    arguments.value("availability")));
        }
        if (arguments.has("role")) {
            change.setRole(TokenCreateCommand.role("role", arguments.value("role")));
        }
        for (String label : arguments.values("label-add")) {
            NodeLabelCommand.add(change, "label-add", label);
        }
        change.addAllRemoveLabels(arguments.values("label-rm"));
        if (arguments.has("site")) {
            change.setSite(arguments.value("site"));
        }
        return change;
    }
}
