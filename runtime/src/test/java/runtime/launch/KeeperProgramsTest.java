package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import runtime.plan.LaunchPlan;
import runtime.plan.PlanInput;
import runtime.plan.Planner;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.IdMapping;
import runtime.spec.Linux;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Root;

/** A program that was not encoded from its plan is what encoding it would have given, or is not made. */
class KeeperProgramsTest {
    private final KeeperPrograms programs = new KeeperPrograms();

    /** What one container has of its own. */
    private record Own(String id, long range) {
        LaunchPlan plan(String... args) {
            List<Namespace> namespaces = new ArrayList<>();
            for (NamespaceType type : NamespaceType.values()) {
                if (type != NamespaceType.TIME) {
                    namespaces.add(new Namespace(type, Optional.empty()));
                }
            }
            Linux empty = Linux.empty();
            List<IdMapping> map = List.of(new IdMapping(0, range, 65536));
            ContainerSpec spec = new ContainerSpec(ContainerSpec.VERSION,
                    new Process(false, Optional.empty(), Process.User.root(), List.of(args),
                            List.of("HOSTNAME=" + id.substring(0, 12)), "/",
                            Optional.of(Process.Capabilities.granted(Set.of())), List.of(), true,
                            Optional.empty(), Optional.empty(), OptionalInt.empty(),
                            Optional.empty(), Optional.empty()),
                    new Root("rootfs", false), Optional.of(id.substring(0, 12)), Optional.empty(),
                    List.of(Mount.of("/proc", "proc", "proc"), Mount.of("/dev", "tmpfs", "tmpfs"),
                            new Mount("/etc/hosts", Optional.of("bind"),
                                    Optional.of("/c/" + id + "/hosts"), List.of("rbind"),
                                    List.of(), List.of())),
                    Hooks.none(), Map.of(),
                    new Linux(map, map, namespaces, List.of(), Optional.of("/jctl/" + id),
                            empty.resources(), Optional.empty(), Optional.empty(), Map.of(),
                            List.of(), List.of(), Optional.empty(), Optional.empty(), Map.of(),
                            Map.of()));
            return Planner.container(new PlanInput(spec,
                    new PlanInput.RootSource.Overlay("/layers", List.of("a/fs"),
                            "/c/" + id + "/upper", "/c/" + id + "/work"),
                    new PlanInput.Folders("/run/root", "/run/layers", "/r/" + id + "/status",
                            "/c/" + id + "/log"),
                    new PlanInput.CgroupSetup(List.of("/cg/jctl/" + id), List.of(), List.of(),
                            Optional.of("/cg/jctl/" + id), Optional.empty()),
                    new PlanInput.Network.LoopbackOnly(), Optional.empty(), false,
                    new PlanInput.HostFacts(List.of(), Set.of("/c/" + id + "/hosts"), Set.of(),
                            Set.of(), Set.of(), new PlanInput.Features(true, true, true, true))));
        }

        KeeperPrograms.Shape shape() {
            return new KeeperPrograms.Shape("kind", List.of(ascii(id), ascii(id.substring(0, 12)),
                    ascii(Long.toString(range)),
                    java.nio.ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN)
                            .putLong(range).array()));
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static final Own FIRST = new Own("0123456789ab" + "cd".repeat(26), 0x12340000);
    private static final Own SECOND = new Own("fedcba987654" + "32".repeat(26), 0x12350000);
    private static final Own THIRD = new Own("a0b1c2d3e4f5" + "67".repeat(26), 0x12360000);

    private Optional<KeeperProgram> find(Own own) {
        LaunchPlan plan = own.plan("true");
        return programs.find(own.shape(), plan.idMapping(), () -> plan);
    }

    private void learn(Own own, String... args) {
        programs.learn(own.shape(), KeeperProgram.of(own.plan(args)));
    }

    @Test
    void theThirdOfAKindIsWhatEncodingItWouldHaveGiven() throws IOException {
        assertTrue(find(FIRST).isEmpty());
        learn(FIRST, "true");
        assertTrue(find(SECOND).isEmpty(), "one program proves nothing");
        learn(SECOND, "true");
        KeeperProgram made = find(THIRD).orElseThrow();
        KeeperProgram encoded = KeeperProgram.of(THIRD.plan("true"));
        assertArrayEquals(encoded.encoded().bytes(), made.encoded().bytes());
        assertArrayEquals(encoded.encoded().indexes(), made.encoded().indexes());
        assertEquals(encoded.encoded().memoryBytes(), made.encoded().memoryBytes());
        assertEquals(0x12360000, made.idMapping().hostId());
        assertEquals(THIRD.plan("true").cgroupDirectories(), made.plan().cgroupDirectories());
    }

    @Test
    void programsThatDifferInMoreThanTheirOwnValuesAreNeverATemplate() {
        learn(FIRST, "true");
        learn(SECOND, "false");
        assertTrue(find(THIRD).isEmpty());
    }

    @Test
    void aValueThatStandsInTheProgramForAnotherReasonIsNeverATemplate() {
        String range = "x" + FIRST.range;
        learn(FIRST, "echo", range);
        learn(SECOND, "echo", range);
        assertTrue(find(THIRD).isEmpty());
    }

    @Test
    void valuesTheProofHadInCommonMustStayTheSame() {
        Own sameRange = new Own(SECOND.id, FIRST.range);
        learn(FIRST, "true");
        learn(sameRange, "true");
        assertTrue(find(THIRD).isEmpty());
        Own alsoSameRange = new Own(THIRD.id, FIRST.range);
        assertArrayEquals(KeeperProgram.of(alsoSameRange.plan("true")).encoded().bytes(),
                find(alsoSameRange).orElseThrow().encoded().bytes());
        learn(SECOND, "true");
        assertTrue(find(THIRD).isPresent(), "a further proof, that ranges may differ, was given");
    }

    @Test
    void valuesOfAnotherLengthDoNotFit() {
        learn(FIRST, "true");
        learn(SECOND, "true");
        assertTrue(find(new Own(THIRD.id, 0x90000)).isEmpty());
    }
}
