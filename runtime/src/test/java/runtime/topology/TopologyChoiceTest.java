package runtime.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopologyChoiceTest {
    private static final long PAGE = 1 << 21;
    private static final long LARGE = 1 << 30;

    private static NumaNode node(int id, String cpus, long pages, int functions) {
        return new NumaNode(id, CpuList.parse(cpus).orElseThrow(), Map.of(PAGE, pages), Map.of("sriov/media", functions));
    }

    private static TopologyRequest wanted(int cpus, long pages, int functions, Alignment alignment) {
        return new TopologyRequest(cpus, pages == 0 ? Map.of() : Map.of(PAGE, pages), functions == 0 ? Map.of() : Map.of("sriov/media", functions),
                alignment);
    }

    @Test
    void aListIsReadAndWrittenAsTheKernelDoes() {
        assertEquals("0-3,8,10-11", CpuList.parse("8,0-3,10-11,2").orElseThrow().toString());
        assertEquals("", CpuList.parse("\n").orElseThrow().toString());
        for (String wrong : List.of("a", "3-1", "1,,2", "-1", "0-99999", "1-2-3")) {
            assertTrue(CpuList.parse(wrong).isEmpty(), wrong);
        }
    }

    @Test
    void allOfItIsOnOneNode() {
        List<NumaNode> nodes = List.of(node(0, "0-3", 512, 0), node(1, "4-7", 512, 2));
        assertEquals(new TopologyDecision.Placed(OptionalInt.of(1), CpuList.parse("4-5").orElseThrow(), "NUMA node 1 has all of it"),
                TopologyChoice.decide(nodes, Map.of(), wanted(2, 512, 1, Alignment.REQUIRED)));
    }

    @Test
    void theNodeThatFitsBestIsTaken() {
        List<NumaNode> nodes = List.of(node(0, "0-7", 9, 1), node(1, "8-9", 9, 1), node(2, "10-12", 9, 1));
        assertEquals(OptionalInt.of(1), ((TopologyDecision.Placed) TopologyChoice.decide(nodes, Map.of(), wanted(2, 1, 1, Alignment.PREFERRED))).node());
    }

    @Test
    void whatNoNodeHasIsRefusedOrSpread() {
        List<NumaNode> nodes = List.of(node(0, "0-3", 512, 0), node(1, "4", 0, 2));
        assertEquals(new TopologyDecision.Refused("no NUMA node has all of it: node 0 lacks 1 of 1 sriov/media; node 1 lacks 1 of 2 processors,"
                + " 512 of 512 pages of 2 MiB"), TopologyChoice.decide(nodes, Map.of(), wanted(2, 512, 1, Alignment.REQUIRED)));
        TopologyDecision.Placed placed = (TopologyDecision.Placed) TopologyChoice.decide(nodes, Map.of(), wanted(5, 512, 1, Alignment.PREFERRED));
        assertEquals(OptionalInt.empty(), placed.node());
        assertEquals("0-4", placed.cpus().toString());
        assertTrue(placed.why().startsWith("it is spread"), placed.why());
        assertEquals(new TopologyDecision.Refused("the machine lacks 1 of 6 processors"), TopologyChoice.decide(nodes, Map.of(),
                wanted(6, 512, 1, Alignment.NONE)));
        assertEquals(new TopologyDecision.Refused("the machine lacks 1 of 1 pages of 1 GiB"), TopologyChoice.decide(nodes, Map.of(),
                new TopologyRequest(0, Map.of(LARGE, 1L), Map.of(), Alignment.NONE)));
    }

    @Test
    void devicesOfNoKnownNodeDoForEach() {
        List<NumaNode> nodes = List.of(node(0, "0-1", 0, 0));
        assertEquals(OptionalInt.of(0), ((TopologyDecision.Placed) TopologyChoice.decide(nodes, Map.of("sriov/media", 1),
                wanted(1, 0, 1, Alignment.REQUIRED))).node());
    }

    /** Whatever is decided can be had, and what is refused cannot. */
    @Test
    void itNeverGivesWhatIsNotThere() {
        Random random = new Random(20_261);
        for (int round = 0; round < 2_000; round++) {
            List<NumaNode> nodes = List.of(node(0, "0-" + random.nextInt(8), random.nextInt(4), random.nextInt(3)),
                    node(1, "8-" + (8 + random.nextInt(8)), random.nextInt(4), random.nextInt(3)));
            TopologyRequest wanted = wanted(random.nextInt(10), random.nextInt(5), random.nextInt(4), Alignment.values()[random.nextInt(3)]);
            boolean one = nodes.stream().anyMatch(each -> has(each, wanted));
            switch (TopologyChoice.decide(nodes, Map.of(), wanted)) {
                case TopologyDecision.Placed(OptionalInt node, CpuList cpus, String _) -> {
                    assertEquals(wanted.cpus(), cpus.size());
                    assertEquals(wanted.alignment() != Alignment.NONE && one, node.isPresent());
                    node.ifPresent(id -> assertTrue(has(nodes.get(id), wanted) && nodes.get(id).cpus().ids().containsAll(cpus.ids())));
                    assertTrue(nodes.get(0).cpus().with(nodes.get(1).cpus()).ids().containsAll(cpus.ids()));
                }
                case TopologyDecision.Refused _ -> assertTrue(!one);
            }
        }
    }

    private static boolean has(NumaNode node, TopologyRequest wanted) {
        return node.cpus().size() >= wanted.cpus() && node.hugePages().get(PAGE) >= wanted.hugePages().getOrDefault(PAGE, 0L)
                && node.devices().get("sriov/media") >= wanted.devices().getOrDefault("sriov/media", 0);
    }
}
