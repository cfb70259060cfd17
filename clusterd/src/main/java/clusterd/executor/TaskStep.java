package clusterd.executor;

import clusterd.model.Desire;
import clusterd.model.TaskState;
import java.util.Optional;

/** What is to be done next for a task. */
sealed interface TaskStep {
    /** Fetch the image and make the container. */
    record Prepare() implements TaskStep {
    }

    /** Say that it has come so far. */
    record Say(TaskState state, String message) implements TaskStep {
    }

    /** Start the container, for the first time or again. */
    record Start() implements TaskStep {
    }

    /** End the container gracefully; {@code why} if nobody asked for it. */
    record Stop(String why) implements TaskStep {
    }

    /** Kill the container. */
    record Kill() implements TaskStep {
    }

    /** The container has ended while no manager can be asked: start it again if its service wants that. */
    record EndOrAgain(ContainerExit exit, End end) implements TaskStep {
    }

    /** It has come to its end. */
    record End(TaskState state, String message, Optional<ContainerExit> exit) implements TaskStep {
        /** The same, if there is something to explain, with why it is not tried again. */
        End because(String reason) {
            return message.isEmpty() ? this : new End(state, message + "; " + reason, exit);
        }
    }

    /** Nothing, until something happens. */
    record Rest() implements TaskStep {
    }

    /** Remove the container, its files, and all that is known of it. */
    record Remove() implements TaskStep {
    }

    /** Why a task waits whose secrets are not here. */
    String WAITS_FOR_SECRETS = "waits for a manager: the host was restarted, and secrets are kept in memory alone";
    /** Why a unique task waits that no manager has given the node since it, or the agent, was started. */
    String WAITS_FOR_LEASE = "waits for a manager: it may run in one place only, and another node may have it by now";
    /** Why a unique task ended. */
    String LEASE_OVER = "the node's lease was over";
    /** Why a task ended whose container somebody removed. */
    String REMOVED = "was removed: its container is gone, and not because a manager wanted that";

    /**
     * All that decides.
     *
     * @param state        it is reported to be in
     * @param desire       what is wanted
     * @param fenced       whether the node may not run it any more
     * @param cutOff       whether no manager can be asked
     * @param had          whether it has had a container
     * @param seen         its container
     * @param exit         of the container, if it has ended
     * @param ending       why it is being ended although nobody asked for it; {@code ""} if it is not
     * @param hostWentDown whether the host was restarted since its container was started
     * @param secretsHere  whether its files can be given to it
     * @param mayStart     whether it may be started without a further word of a manager
     */
    record Facts(TaskState state, Desire desire, boolean fenced, boolean cutOff, boolean had,
            Optional<ContainerSeen> seen, Optional<ContainerExit> exit, String ending, boolean hostWentDown,
            boolean secretsHere, boolean mayStart) {
        /** The same, once that was reported. */
        Facts in(TaskState reported) {
            return new Facts(reported, desire, fenced, cutOff, had, seen, exit, ending, hostWentDown, secretsHere,
                    mayStart);
        }

        private Optional<ContainerSeen.State> container() {
            return seen.map(ContainerSeen::state);
        }

        private boolean runs() {
            return container().filter(ContainerSeen.State.RUNNING::equals).isPresent();
        }
    }

    /** Decides. */
    static TaskStep decide(Facts facts) {
        if (facts.state.isEnd()) {
            return facts.desire == Desire.REMOVE ? new Remove() : facts.runs() ? new Stop("") : new Rest();
        }
        if (facts.fenced) {
            return facts.runs() ? new Kill() : new End(TaskState.SHUTDOWN, facts.exit.map(ContainerExit::leaseOver)
                    .filter(words -> !words.isEmpty()).orElse(LEASE_OVER), facts.exit);
        }
        if (!facts.desire.isAlive()) {
            return facts.runs() ? new Stop("") : new End(TaskState.SHUTDOWN, "", facts.exit);
        }
        if (facts.container().isEmpty()) {
            return facts.had ? new End(TaskState.FAILED, REMOVED, Optional.empty())
                    : unlessItWaits(facts, true, new Prepare());
        }
        return switch (facts.container().get()) {
            case GOING -> new End(TaskState.FAILED, REMOVED, facts.exit);
            case CREATED -> created(facts);
            case RUNNING -> running(facts, facts.seen.get().health());
            case ENDED -> ended(facts, facts.exit.orElseThrow());
        };
    }

    private static TaskStep unlessItWaits(Facts facts, boolean mayDo, TaskStep step) {
        if (facts.secretsHere && mayDo) {
            return step;
        }
        return new Say(facts.state.ordinal() < TaskState.PREPARING.ordinal() ? TaskState.PREPARING
                : facts.state, facts.secretsHere ? WAITS_FOR_LEASE : WAITS_FOR_SECRETS);
    }

    private static TaskStep sayOnce(Facts facts, TaskState state, TaskStep next) {
        return facts.state.ordinal() < state.ordinal() ? new Say(state, "") : next;
    }

    private static TaskStep created(Facts facts) {
        if (facts.desire == Desire.READY) {
            return sayOnce(facts, TaskState.READY, new Rest());
        }
        TaskStep start = unlessItWaits(facts, facts.mayStart,
                sayOnce(facts, TaskState.STARTING, new Start()));
        return sayOnce(facts, TaskState.READY, start);
    }

    private static TaskStep running(Facts facts, ContainerSeen.Health health) {
        if (!facts.ending.isEmpty()) {
            return new Stop(facts.ending);
        }
        return switch (health) {
            case STARTING -> sayOnce(facts, TaskState.STARTING, new Rest());
            case NONE, HEALTHY -> sayOnce(facts, TaskState.RUNNING, new Rest());
            case UNHEALTHY -> new Stop("unhealthy");
        };
    }

    private static TaskStep ended(Facts facts, ContainerExit exit) {
        if (exit.unknown() && facts.hostWentDown) {
            return unlessItWaits(facts, facts.mayStart, new Start());
        }
        if (!exit.leaseOver().isEmpty()) {
            return new End(TaskState.SHUTDOWN, exit.leaseOver(), Optional.of(exit));
        }
        boolean failed = exit.isFailure() || !facts.ending.isEmpty();
        String message = !facts.ending.isEmpty() ? facts.ending : exit.isFailure() ? exit.words() : "";
        End end = new End(failed ? TaskState.FAILED : TaskState.COMPLETE, message, Optional.of(exit));
        return facts.cutOff && facts.mayStart ? new EndOrAgain(exit, end) : end;
    }
}
