package clusterd.decider;

import clusterd.model.Decision;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.model.ServiceSpec;
import clusterd.model.TaskId;
import clusterd.model.UpdateStatus;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tries a service out on the state as it is, and changes nothing. */
public final class WhatIf {
    private WhatIf() {
    }

    /**
     * What would come of it.
     *
     * @param before   as it is
     * @param after    as it would be at once, before any task has answered
     * @param services which were tried, those alone that would be made or changed
     * @param commands that would be put into the log
     */
    public record Outcome(ClusterState before, ClusterState after, List<ServiceId> services,
            List<Command> commands) {
        /** Copies the lists. */
        public Outcome {
            services = List.copyOf(services);
            commands = List.copyOf(commands);
        }

        /** The first of them. */
        public ServiceId service() {
            return services.getFirst();
        }

        /** What would be decided. */
        public List<Decision> decisions() {
            return commands.stream().filter(Command.KeepDecision.class::isInstance)
                    .map(each -> ((Command.KeepDecision) each).decision()).toList();
        }
    }

    /**
     * Tries.
     *
     * @param nowMillis since 1970
     * @return the outcome, or why the state refuses it
     */
    public static Optional<Outcome> of(ServiceSpec spec, ClusterState state, long nowMillis,
            List<String> refusals) {
        return of(List.of(spec), state, nowMillis, refusals);
    }

    /**
     * Tries several at once: they compete for the same nodes.
     *
     * @param nowMillis since 1970
     * @return the outcome, or why the state refuses one of them
     */
    public static Optional<Outcome> of(List<ServiceSpec> specs, ClusterState state, long nowMillis,
            List<String> refusals) {
        List<ServiceId> ids = new ArrayList<>();
        List<Command> changes = new ArrayList<>();
        for (ServiceSpec spec : specs) {
            Optional<Service> known = state.service(spec.name());
            ServiceId id = known.map(Service::id).orElse(new ServiceId(
                    specs.size() == 1 ? "planned" : "planned-service-" + (ids.size() + 1)));
            ids.add(id);
            changes.add(known.isPresent()
                    ? new Command.UpdateService(id, 0, spec, known.get().updateTo(spec, UpdateStatus.Phase.UPDATING, nowMillis),
                            nowMillis)
                    : new Command.CreateService(id, spec, nowMillis));
        }
        ClusterState.Applied changed = state.apply(changes);
        for (Result each : changed.results()) {
            if (each instanceof Result.Refused refused) {
                refusals.add(refused.message());
            }
        }
        if (!refusals.isEmpty()) {
            return Optional.empty();
        }
        int[] number = {0};
        Decider decider = new Decider(changed.state(), () -> new TaskId("planned-" + ++number[0]));
        List<Command> commands = new ArrayList<>();
        ClusterState after = changed.state();
        for (List<Command> step = decider.decide(nowMillis); !step.isEmpty() && commands.size() < 100_000;
                step = decider.decide(nowMillis)) {
            commands.addAll(step);
            ClusterState.Applied applied = after.apply(new Entry(0, step));
            after = applied.state();
            decider.observe(applied.changes(), after);
        }
        return Optional.of(new Outcome(changed.state(), after, ids, commands));
    }
}
