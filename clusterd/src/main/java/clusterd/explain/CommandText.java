package clusterd.explain;

import clusterd.model.Task;
import clusterd.state.Command;

/** A command of the log as a line for people. What secrets hold is never in it. */
public final class CommandText {
    private CommandText() {
    }

    /** One line. */
    public static String of(Command command) {
        return switch (command) {
            case Command.CreateService each -> "create service " + each.spec().name() + " (" + each.id().value() + ")";
            case Command.UpdateService each -> "update service " + each.spec().name() + " (" + each.id().value()
                    + "), as of version " + each.expectedVersion();
            case Command.MarkUpdate each -> "the update of service " + each.id().value() + " stands at "
                    + each.update().phase();
            case Command.RemoveService each -> "remove service " + each.id().value();
            case Command.CreateTask each -> "create task " + task(each.task());
            case Command.AssignTask each -> "assign task " + each.id().value() + " to node " + each.node().value()
                    + ": " + each.why();
            case Command.SetDesire each -> "task " + each.id().value() + " is to be " + each.desire();
            case Command.ReportTasks each -> "node " + each.node().value() + ", session " + each.session()
                    + ", reports of " + each.reports().size() + (each.reports().size() == 1 ? " task" : " tasks");
            case Command.EndTask each -> "task " + each.id().value() + " has ended: " + each.status().state();
            case Command.ForgetTask each -> "forget task " + each.id().value();
            case Command.AddNode each -> "add node " + each.node().id().value() + ", a " + each.node().spec().role();
            case Command.UpdateNode each -> "node " + each.id().value() + " is to be " + each.spec().role() + ", "
                    + each.spec().availability() + ", labels " + each.spec().labels();
            case Command.OpenSession each -> "node " + each.id().value() + " (" + each.description().hostname()
                    + ") begins session " + each.session();
            case Command.DescribeNode each -> "node " + each.id().value() + " describes itself";
            case Command.MarkNode each -> "node " + each.id().value() + " is " + each.status().state()
                    + (each.status().message().isEmpty() ? "" : ": " + each.status().message());
            case Command.RemoveNode each -> "remove node " + each.id().value();
            case Command.CreateFile each -> "create " + (each.file().secret() ? "secret " : "config ")
                    + each.file().name();
            case Command.RemoveFile each -> "remove " + (each.secret() ? "secret " : "config ") + each.name();
            case Command.PutProject each -> "put project " + each.project().name();
            case Command.RemoveProject each -> "remove project " + each.name();
            case Command.KeepDecision each -> "keep decision " + each.decision().number();
            case Command.BeginTerm each -> "term " + each.term() + " begins, " + each.leader() + " leads";
            case Command.PutVault each -> "put " + each.data().length + " bytes under " + each.key()
                    + " into the vault, as of version " + each.expectedVersion();
            case Command.ScaleService each -> "scale service " + each.id().value() + " from " + each.scaling().from()
                    + " to " + each.scaling().to() + ", as of version " + each.expectedVersion() + ": "
                    + each.scaling().why();
            case Command.Restore each -> "restore " + each.parts().size() + " parts of a state";
            case Command.MarkSite each -> "site " + each.loss().site() + " of service " + each.id().value() + " is "
                    + each.loss().phase() + " (" + each.loss().reason() + ")";
            case Command.CreateNetwork each -> "create network " + each.network().spec().name() + ", "
                    + String.join(", ", each.network().subnets());
            case Command.RemoveNetwork each -> "remove network " + each.id().value();
            case Command.TakeBlock each -> "node " + each.node().value() + " is to have a part of network "
                    + each.network().value();
            case Command.ReleaseBlock each -> "node " + each.node().value() + " has nothing in network "
                    + each.network().value() + " any more";
            case Command.PutPolicy each -> "network " + each.wanted().spec().name() + " is "
                    + (each.wanted().spec().closed() ? "closed" : "open") + " but for " + each.wanted().spec().rules();
        };
    }

    private static String task(Task task) {
        return task.id().value() + " of service " + task.service().value();
    }
}
