package runtime.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import linux.program.Spelling;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.Device;
import runtime.spec.Linux;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;

/** The plan of an agent that is root of an ordinary user's namespace only. */
class OrdinaryUserPlanTest {
    private static final PlanInput.Features HOST_ROOT = new PlanInput.Features(false, false, false, true);
    private static final PlanInput.Features ORDINARY =
            new PlanInput.Features(false, false, false, false, Map.of("/dev/given", "/dev/vdb"));

    private static List<String> steps(PlanInput.Features features, UnaryOperator<ContainerSpec> change) {
        return PlanSample.container(false, features, change).steps().stream()
                .map(step -> Spelling.of(step.instruction())).toList();
    }

    private static boolean has(List<String> steps, String... parts) {
        return steps.stream().anyMatch(step ->
                List.of(parts).stream().allMatch(step::contains));
    }

    private static ContainerSpec withDevice(ContainerSpec spec) {
        return spec.withLinux(spec.linux().withDevices(List.of(new Device("/dev/given",
                Device.Type.BLOCK, OptionalLong.of(254), OptionalLong.of(16), OptionalInt.of(0600),
                OptionalLong.of(0), OptionalLong.of(0)))));
    }

    private static ContainerSpec without(ContainerSpec spec, NamespaceType type) {
        Linux linux = spec.linux();
        List<Namespace> rest = linux.namespaces().stream()
                .filter(namespace -> namespace.type() != type).toList();
        return spec.withLinux(new Linux(linux.uidMappings(), linux.gidMappings(), rest, linux.devices(),
                linux.cgroupsPath(), linux.resources(), Optional.empty(), Optional.empty(), Map.of(),
                linux.maskedPaths(), linux.readonlyPaths(), Optional.empty(), Optional.empty(),
                Map.of(), Map.of()));
    }

    @Test
    void devicesAreTheHostsOwnFiles() {
        List<String> made = steps(HOST_ROOT, OrdinaryUserPlanTest::withDevice);
        List<String> bound = steps(ORDINARY, OrdinaryUserPlanTest::withDevice);
        assertTrue(has(made, "mknodat(", "null", "S_IFCHR"));
        assertFalse(has(bound, "mknodat(", "S_IFCHR") || has(bound, "mknodat(", "S_IFBLK"));
        assertTrue(has(bound, "open_tree(", "\"/dev/null\""));
        assertTrue(has(bound, "open_tree(", "\"/dev/vdb\""));
        assertFalse(has(bound, "\"/dev/given\"", "open_tree("));
    }

    @Test
    void overlayfsKeepsItsMarksInAttributesOfUsers() {
        assertTrue(has(steps(ORDINARY, spec -> spec), "lowerdir=", ",userxattr"));
        assertFalse(has(steps(HOST_ROOT, spec -> spec), "userxattr"));
    }

    @Test
    void aNamespaceOfTheHostsIsSeenThroughTheHostsMounts() {
        UnaryOperator<ContainerSpec> sharing = spec -> without(spec, NamespaceType.PID);
        assertTrue(has(steps(HOST_ROOT, sharing), "mount(\"proc\", \"/proc\", \"proc\""));
        List<String> steps = steps(ORDINARY, sharing);
        assertFalse(has(steps, "mount(\"proc\", \"/proc\", \"proc\""));
        assertTrue(has(steps, "open_tree(", "\"/proc\"", "AT_RECURSIVE"));
    }

    @Test
    void theProgramIsTheSame() {
        assertEquals(steps(HOST_ROOT, spec -> spec).getLast(), steps(ORDINARY, spec -> spec).getLast());
    }
}
