package runtime.topology;

import java.util.OptionalInt;

/** Whether a machine has what a container wants, and where. */
public sealed interface TopologyDecision {
    /**
     * It has.
     *
     * @param node the one that all of it is near; empty = it is spread
     * @param cpus for the container alone
     * @param why  in words
     */
    record Placed(OptionalInt node, CpuList cpus, String why) implements TopologyDecision {
    }

    /**
     * It has not.
     *
     * @param why in words, with what each NUMA node lacks
     */
    record Refused(String why) implements TopologyDecision {
    }
}
