package clusterd.scheduler;

import clusterd.model.Constraint;
import clusterd.model.HostPort;
import clusterd.model.Node;
import clusterd.model.Platform;
import clusterd.model.Resources;
import clusterd.model.Role;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a node must be for a task, in the order it is asked. Each answers with the reason why a node is not,
 * in words that follow "2 nodes", or with nothing.
 */
enum Filter {
    /** It is there, and takes tasks. */
    AVAILABILITY(true) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            Node node = load.node();
            if (node.spec().role() == Role.WITNESS) {
                return "only vote";
            }
            return switch (node.status().state()) {
                case UNKNOWN -> "have not been seen yet";
                case DOWN -> "are down";
                case DISCONNECTED -> "have left";
                case READY -> switch (node.spec().availability()) {
                    case ACTIVE -> NONE;
                    case PAUSE -> "are paused";
                    case DRAIN -> "are drained";
                };
            };
        }

        @Override
        String particular(Needs needs, NodeLoad load) {
            return switch (load.node().status().state()) {
                case DOWN, DISCONNECTED -> " (since " + DateTimeFormatter.ofPattern("HH:mm:ss'Z'").format(
                        Instant.ofEpochMilli(load.node().status().sinceMillis()).atOffset(ZoneOffset.UTC)) + ")";
                case READY, UNKNOWN -> "";
            };
        }
    },
    /** It runs what the image is made for. */
    PLATFORM(true) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            List<Platform> wanted = needs.placement().platforms();
            Platform its = load.node().description().platform();
            return wanted.isEmpty() || wanted.contains(its) ? NONE
                    : "run " + its + ", not " + wanted.getFirst();
        }
    },
    /** It fulfils the constraints on its kind. */
    CONSTRAINT(true) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            return unfulfilled(needs.ofKind(), load);
        }
    },
    /** It is the node that was named, or is not. */
    NAME(false) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            return unfulfilled(needs.ofNode(), load);
        }
    },
    /** It has enough left of everything. */
    RESOURCES(false) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            Resources wanted = needs.template().reservation();
            return load.free().covers(wanted) ? NONE : "lack " + String.join(" and ", lacking(wanted, load));
        }

        @Override
        boolean allows(Needs needs, NodeLoad load) {
            return load.free().covers(needs.template().reservation());
        }

        @Override
        String particular(Needs needs, NodeLoad load) {
            return " (" + left(needs.template().reservation(), load) + " left)";
        }
    },
    /** Its ports are free. */
    HOST_PORT(false) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            for (HostPort each : needs.template().hostPorts()) {
                if (load.isTaken(each)) {
                    return "have port " + each + " taken";
                }
            }
            return NONE;
        }
    },
    /** It has not as many tasks of the service as it may. */
    MAX_PER_NODE(false) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            int most = needs.placement().maxPerNode();
            return most == 0 || load.aliveOf(needs.service().id()) < most ? NONE
                    : "have " + most + " of its tasks already";
        }
    },
    /** It is beside, and apart from, those it must be. */
    AFFINITY(false) {
        @Override
        String refusal(Needs needs, NodeLoad load) {
            for (Needs.Meeting each : needs.meetings()) {
                if (needs.asks(each) && !each.suits(load)) {
                    String where = each.affinity().level().equals("node.id") ? ""
                            : " in their " + each.affinity().level();
                    return (each.affinity().apart() ? "have " : "have no ") + "tasks of "
                            + each.affinity().service() + where;
                }
            }
            return NONE;
        }
    };

    /** What an answer is that refuses nothing. */
    static final String NONE = "";

    private final boolean ofKind;

    Filter(boolean ofKind) {
        this.ofKind = ofKind;
    }

    /** Whether nodes of one class all get the same answer. */
    boolean isOfKind() {
        return ofKind;
    }

    /** Why not that node; {@link #NONE} if it will do. */
    abstract String refusal(Needs needs, NodeLoad load);

    /** Whether that node will do. */
    boolean allows(Needs needs, NodeLoad load) {
        return refusal(needs, load).isEmpty();
    }

    /** What is particular to a node that was refused, to follow its name. */
    String particular(Needs needs, NodeLoad load) {
        return "";
    }

    private static String unfulfilled(List<Constraint> constraints, NodeLoad load) {
        for (Constraint each : constraints) {
            if (!each.allows(load.node().attribute(each.attribute()))) {
                return "are not " + each;
            }
        }
        return NONE;
    }

    private static List<String> lacking(Resources wanted, NodeLoad load) {
        Resources free = load.free();
        List<String> names = new ArrayList<>();
        if (wanted.cpuMillis() > 0 && wanted.cpuMillis() > free.cpuMillis()) {
            names.add(Amounts.processors(wanted.cpuMillis()));
        }
        if (wanted.memoryBytes() > 0 && wanted.memoryBytes() > free.memoryBytes()) {
            names.add(Amounts.bytes(wanted.memoryBytes()) + " of memory");
        }
        if (wanted.pids() > 0 && wanted.pids() > free.pids()) {
            names.add(wanted.pids() + " pids");
        }
        for (Map.Entry<String, Long> each : wanted.named().entrySet()) {
            if (each.getValue() > free.named().getOrDefault(each.getKey(), 0L)) {
                names.add(each.getValue() + " " + each.getKey());
            }
        }
        return names;
    }

    private static String left(Resources wanted, NodeLoad load) {
        Resources free = load.free();
        List<String> parts = new ArrayList<>();
        if (wanted.cpuMillis() > 0) {
            parts.add(Amounts.processors(Math.max(0, free.cpuMillis())));
        }
        if (wanted.memoryBytes() > 0) {
            parts.add(Amounts.bytes(Math.max(0, free.memoryBytes())));
        }
        if (wanted.pids() > 0) {
            parts.add(Math.max(0, free.pids()) + " pids");
        }
        wanted.named().keySet().forEach(name ->
                parts.add(Math.max(0, free.named().getOrDefault(name, 0L)) + " " + name));
        return String.join(", ", parts);
    }
}
