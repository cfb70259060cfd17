package clusterd.control;

import api.cluster.UpdateClusterNetworkRequest;
import java.util.ArrayList;
import java.util.List;
import overlaynet.policy.Policy;
import overlaynet.policy.Rule;

/** The rules of a network after what a user says of them. */
final class PolicyChange {
    private PolicyChange() {
    }

    /**
     * Those it has from then on: what is to go goes, then what is added comes, at the place that is named or at the end.
     *
     * @throws IllegalArgumentException if one is no rule, is there already, or is to go and is not there
     */
    static List<String> rules(List<String> before, UpdateClusterNetworkRequest request) {
        List<String> rules = new ArrayList<>(before);
        for (String each : request.getRemovedRulesList()) {
            String rule = Rule.parse(each).toString();
            if (!rules.remove(rule)) {
                throw new IllegalArgumentException("network " + request.getName() + " has no rule \"" + rule + "\": it has "
                        + (before.isEmpty() ? "none" : before));
            }
        }
        List<String> added = request.getAddedRulesList().stream().map(each -> Rule.parse(each).toString()).toList();
        if (request.getAddedFirst()) {
            rules.addAll(0, added);
        } else {
            rules.addAll(added);
        }
        Policy.of(false, rules); // none is there twice
        return rules;
    }
}
