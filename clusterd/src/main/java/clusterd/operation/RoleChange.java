package clusterd.operation;

import clusterd.model.Role;
import java.util.Optional;

/** Whether a node's role may become another. */
public final class RoleChange {
    private RoleChange() {
    }

    /** Why not; empty if it may. */
    public static Optional<String> refusal(String name, Role from, Role to) {
        if (from == to) {
            return Optional.empty();
        }
        if (from == Role.WITNESS) {
            return Optional.of("node " + name + " is a witness, which has no state and never becomes anything else:"
                    + " `jctl node rm " + name + "`, empty its data folder, and join it again as a " + word(to));
        }
        if (to == Role.WITNESS) {
            return Optional.of("node " + name + " is a " + word(from) + " and cannot become a witness: `jctl node rm "
                    + name + "`, empty its data folder, and join it again with a witness's token");
        }
        return Optional.empty();
    }

    private static String word(Role role) {
        return switch (role) {
            case MANAGER -> "manager";
            case WORKER -> "worker";
            case WITNESS -> "witness";
        };
    }
}
