package clusterd.explain;

import clusterd.decider.Queue;
import clusterd.model.Decision;
import java.util.Comparator;
import java.util.Optional;

/** Says in a few words why tasks wait. */
public final class QueueText {
    private QueueText() {
    }

    /** Their quota, or what refuses them on most nodes. */
    public static String of(Queue.Place place) {
        if (place.decision().isEmpty()) {
            return "no start before " + Why.time(place.notBeforeMillis().orElse(0)) + ", so as not to fail again at once";
        }
        Decision decision = place.decision().get();
        if (decision.placed() == decision.wanted()) {
            return "is served now";
        }
        String project = place.service().spec().project();
        if (decision.refused().stream().anyMatch(each -> each.filter().equals(Decision.Refused.QUOTA))) {
            return "project " + project + " has as much as its quota allows";
        }
        // Nodes that got some of them are not among those refused, though they are full now as well.
        Optional<Decision.Refused> most = decision.refused().stream()
                .max(Comparator.comparingInt(Decision.Refused::nodes));
        return most.map(each -> Why.refusal(each.nodes(), each.reason())).orElse(decision.chosen().isEmpty()
                ? "there is no node" : "the nodes that suit are full with " + decision.placed() + " of "
                        + decision.wanted());
    }
}
