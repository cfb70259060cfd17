package clusterd.control;

import api.cluster.PlanServiceResponse;
import clusterd.decider.WhatIf;
import clusterd.explain.Names;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.state.ClusterState;
import clusterd.wire.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a service would do to the cluster, as a client is shown it. */
final class ServicePlan {
    private ServicePlan() {
    }

    static PlanServiceResponse of(ServiceSpec spec, ClusterState state, long nowMillis) {
        List<String> refusals = new ArrayList<>();
        Optional<WhatIf.Outcome> outcome = WhatIf.of(spec, state, nowMillis, refusals);
        if (outcome.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", refusals));
        }
        ClusterState after = outcome.get().after();
        PlanServiceResponse.Builder plan = PlanServiceResponse.newBuilder();
        for (Task task : after.tasks()) {
            Optional<Task> before = outcome.get().before().task(task.id());
            boolean its = task.service().equals(outcome.get().service());
            if (before.isEmpty()) {
                boolean placed = task.status().state() != TaskState.PENDING;
                plan.addSteps(step(placed ? "start" : "wait", task, after,
                        placed ? task.status().message() : "no node fits"));
            } else if (before.get().isAlive() && !task.isAlive()) {
                plan.addSteps(step(its ? "stop" : "preempt", task, after, its ? "is wanted no more"
                        : "makes room"));
            } else if (its && task.isAlive()) {
                plan.addSteps(step("keep", task, after, ""));
            }
        }
        outcome.get().decisions().forEach(each -> plan.addDecisions(Messages.of(each)));
        return plan.build();
    }

    private static PlanServiceResponse.Step step(String action, Task task, ClusterState state, String why) {
        return PlanServiceResponse.Step.newBuilder().setAction(action).setTaskName(Names.of(task, state))
                .setNodeName(task.node().map(each -> Names.node(each, state)).orElse("")).setWhy(why).build();
    }
}
