package cli.lab.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LabPlanTest {
    private LabDescription lab;

    @BeforeEach
    void describe() throws LabRefusal {
        lab = new LabRequest("lab", 3, "10.89.0.0/24", List.of()).describe(Path.of("/labs"), List.of());
    }

    @Test
    void theDescriptionIsWrittenBeforeAnythingIsMade() {
        assertInstanceOf(LabStep.WriteDescription.class, LabPlan.create(lab).getFirst());
        assertInstanceOf(LabStep.DeleteFolder.class, LabPlan.remove(lab).getLast());
    }

    @Test
    void agentsStartSideBySideAndAreWaitedForAtTheEnd() {
        List<LabStep> steps = LabPlan.create(lab);
        assertTrue(steps.subList(steps.size() - 3, steps.size()).stream()
                .allMatch(LabStep.AwaitAgent.class::isInstance));
        assertEquals(3, steps.stream().filter(LabStep.StartAgent.class::isInstance).count());
    }

    @Test
    void everyStepHasAReason() {
        List<LabStep> steps = new java.util.ArrayList<>(LabPlan.create(lab));
        steps.addAll(LabPlan.remove(lab));
        steps.addAll(LabPlan.powerOn(lab.host(1)));
        steps.addAll(LabPlan.start(lab.host(1)));
        for (LabStep step : steps) {
            assertFalse(step.reason().isBlank(), step.toString());
        }
    }

    @Test
    void whatAHostHasIsTakenAwayOnceItsProcessesAreGone() {
        for (VirtualHost host : lab.hosts()) {
            List<LabStep> steps = LabPlan.remove(lab).stream().filter(step ->
                    step instanceof LabStep.OfHost of && of.host().equals(host)).toList();
            assertInstanceOf(LabStep.KillAll.class, steps.getFirst());
            assertEquals(5, steps.size());
        }
    }
}
