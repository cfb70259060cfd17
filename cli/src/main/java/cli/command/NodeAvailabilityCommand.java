package cli.command;

import api.cluster.Availability;
import api.cluster.UpdateNodeRequest;

/** Says whether tasks may be on nodes: drain, pause, activate. */
final class NodeAvailabilityCommand implements NodeChange {
    private final String word;

    /** @param word "drain", "pause" or "activate" */
    NodeAvailabilityCommand(String word) {
        this.word = word;
    }

    @Override
    public Syntax syntax() {
        return new Syntax("node " + word, switch (word) {
            case "drain" -> "Let the tasks of one or more nodes go elsewhere, and no further ones come";
            case "pause" -> "Let no further tasks come to one or more nodes; those there stay";
            default -> "Let tasks come to one or more nodes again";
        }).positionals("NODE [NODE...]", 1, Syntax.ANY);
    }

    @Override
    public UpdateNodeRequest.Builder change(Arguments arguments) throws UsageException {
        return UpdateNodeRequest.newBuilder().setAvailability(
                availability("availability", word.equals("activate") ? "active" : word));
    }

    /** The availability a word names. */
    static Availability availability(String option, String word) throws UsageException {
        return switch (word) {
            case "active" -> Availability.AVAILABILITY_ACTIVE;
            case "pause" -> Availability.AVAILABILITY_PAUSE;
            case "drain" -> Availability.AVAILABILITY_DRAIN;
            default -> throw Arguments.invalid(option, word, "expected active, pause or drain");
        };
    }
}
