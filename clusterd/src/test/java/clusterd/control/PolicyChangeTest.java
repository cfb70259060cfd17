package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import api.cluster.UpdateClusterNetworkRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyChangeTest {
    private static final List<String> BEFORE = List.of("allow web to db:5432", "deny * to db");

    private static UpdateClusterNetworkRequest.Builder request() {
        return UpdateClusterNetworkRequest.newBuilder().setName("shop");
    }

    @Test
    void rulesGoAndComeInTheirUsualWords() {
        assertEquals(List.of("deny * to db", "allow a to b:1"), PolicyChange.rules(BEFORE, request()
                .addRemovedRules("allow  web to db:5432/tcp").addAddedRules("allow a to b:1-1/tcp").build()));
    }

    @Test
    void rulesComeBeforeTheOthersIfItIsSaid() {
        assertEquals(List.of("deny a to b", "deny b to a", "allow web to db:5432", "deny * to db"),
                PolicyChange.rules(BEFORE, request().addAddedRules("deny a to b").addAddedRules("deny b to a")
                        .setAddedFirst(true).build()));
    }

    @Test
    void aRuleMovesWhenItGoesAndComes() {
        assertEquals(List.of("deny * to db", "allow web to db:5432"), PolicyChange.rules(BEFORE, request()
                .addRemovedRules(BEFORE.getFirst()).addAddedRules(BEFORE.getFirst()).build()));
    }

    @Test
    void whatIsNoRuleOrNotThereOrThereAlreadyIsRefused() {
        for (UpdateClusterNetworkRequest.Builder each : List.of(request().addAddedRules("let web in"),
                request().addRemovedRules("deny x to y"), request().addAddedRules("deny * to db/any"),
                request().addRemovedRules("x"))) {
            assertThrows(IllegalArgumentException.class, () -> PolicyChange.rules(BEFORE, each.build()));
        }
    }
}
