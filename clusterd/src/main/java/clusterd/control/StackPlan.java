package clusterd.control;

import api.cluster.PlanServiceResponse;
import api.cluster.PlanServicesResponse;
import clusterd.decider.WhatIf;
import clusterd.explain.Names;
import clusterd.model.Service;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.wire.Messages;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What several services together would do to the cluster, as a client is shown it. */
final class StackPlan {
    private final WhatIf.Outcome outcome;
    private final Set<Task> told = new HashSet<>();
    private final PlanServicesResponse.Builder plan;

    private StackPlan(WhatIf.Outcome outcome, PlanServicesResponse.Builder plan) {
        this.outcome = outcome;
        this.plan = plan;
    }

    static PlanServicesResponse of(List<ServiceSpec> specs, ClusterState state, long nowMillis) {
        PlanServicesResponse.Builder plan = PlanServicesResponse.newBuilder();
        List<ServiceSpec> others = new ArrayList<>();
        for (ServiceSpec spec : specs) {
            Optional<Service> known = state.service(spec.name());
            boolean same = known.filter(each -> each.spec().equals(spec)).isPresent();
            plan.addServices(PlanServicesResponse.Change.newBuilder().setName(spec.name())
                    .setAction(known.isEmpty() ? "create" : same ? "unchanged" : "update"));
            if (!same) {
                others.add(spec);
            }
        }
        if (others.isEmpty()) {
            return plan.build();
        }
        List<String> refusals = new ArrayList<>();
        WhatIf.Outcome outcome = WhatIf.of(others, state, nowMillis, refusals).orElseThrow(() ->
                new IllegalArgumentException(String.join("; ", refusals)));
        new StackPlan(outcome, plan).write();
        outcome.decisions().forEach(each -> plan.addDecisions(Messages.of(each)));
        return plan.build();
    }

    private void write() {
        for (Task task : outcome.after().tasks()) {
            Optional<Task> before = outcome.before().task(task.id());
            if (before.isEmpty()) {
                begin(task);
            } else if (before.get().isAlive() && !task.isAlive()) {
                end(task);
            } else if (outcome.services().contains(task.service()) && task.isAlive()) {
                goOn(task);
            }
        }
    }

    private void begin(Task task) {
        if (task.status().state() == TaskState.PENDING) {
            step("wait", task, node(task), "no node fits");
            return;
        }
        Optional<Task> old = outcome.after().tasksOf(task.service()).filter(each -> each.slot() == task.slot()
                && outcome.before().task(each.id()).filter(Task::isAlive).isPresent() && !each.isAlive()
                && !each.node().equals(task.node()) && each.node().isPresent()).findFirst();
        if (old.isPresent() && task.slot() > 0 && told.add(old.get())) {
            step("move", task, node(old.get()) + " to " + node(task), task.status().message());
        } else {
            step("start", task, node(task), task.status().message());
        }
    }

    private void end(Task task) {
        if (!outcome.services().contains(task.service())) {
            step("preempt", task, node(task), "makes room for what is more important");
        } else if (outcome.after().tasksOf(task.service()).noneMatch(each -> task.slot() > 0
                && each.slot() == task.slot() && outcome.before().task(each.id()).isEmpty()
                && !each.node().equals(task.node()) && each.status().state() != TaskState.PENDING)) {
            step("stop", task, node(task), "is wanted no more");
        }
    }

    private void goOn(Task task) {
        Service service = outcome.after().service(task.service()).orElseThrow();
        if (task.specVersion() < service.specVersion()) {
            step("replace", task, node(task), "its spec is another; the update does "
                    + service.spec().update().parallelism() + " at a time");
        } else {
            step("keep", task, node(task), "");
        }
    }

    private String node(Task task) {
        return task.node().map(each -> Names.node(each, outcome.after())).orElse("");
    }

    private void step(String action, Task task, String node, String why) {
        plan.addSteps(PlanServiceResponse.Step.newBuilder().setAction(action)
                .setTaskName(Names.of(task, outcome.after())).setNodeName(node).setWhy(why));
    }
}
