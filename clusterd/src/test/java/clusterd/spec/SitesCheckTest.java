package clusterd.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Mode;
import clusterd.model.ServiceSpec;
import clusterd.model.Standby;
import clusterd.state.Sample;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SitesCheckTest {
    private static List<String> problems(Mode.PerSite mode) {
        return ServiceCheck.problems(ServiceSpec.of("web", mode, Sample.template(1, 1)));
    }

    @Test
    void sitesWithAStandbyAreNoProblem() {
        assertEquals(List.of(), problems(new Mode.PerSite(6, false, List.of("a", "b-1.x"),
                Optional.of(new Standby("c", 0, 0, Standby.NEVER)))));
        assertEquals(List.of(), problems(new Mode.PerSite(6, true, List.of(), Optional.empty())));
    }

    @Test
    void everyWrongFieldIsNamed() {
        List<String> problems = problems(new Mode.PerSite(-1, true, List.of("a", "A", ""),
                Optional.of(new Standby("A", -1, -1, -2))));
        for (String each : List.of("mode.per_site.replicas: -1", "mode.per_site.sites: A is named twice",
                "mode.per_site.sites: \"\" is no name of a site", "mode.per_site.standby.site: A cannot stand in for",
                "mode.per_site.standby.replicas: -1", "mode.per_site.standby.failover_after: -1 is below 0",
                "mode.per_site.standby.failback_after: -2 is below -1",
                "mode.per_site.standby: a unique service cannot have one")) {
            assertTrue(problems.stream().anyMatch(problem -> problem.startsWith(each)), each + ": " + problems);
        }
        assertEquals(8, problems.size(), problems.toString());
    }
}
