package sriov.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import sriov.inventory.FakeSysTree;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;

/** Which function is in which pool, and why it is in none. */
class AssignmentTest {
    private static final FakeSysTree TWO_CARDS = new FakeSysTree().card(1, "ens1f0", 4, "igbvf", 20).card(2, "ens1f1", 4, "vfio-pci", 40);

    private static Assignment assigned(FakeSysTree tree, String config, String... kept) throws Exception {
        return Assignment.of(ConfigReader.read(config).pools(), Candidate.of(Inventory.read(tree)), List.of(kept));
    }

    private static Map<String, String> members(Assignment assignment) {
        Map<String, String> members = new TreeMap<>();
        assignment.members().forEach((resource, all) -> members.put(resource.toString(), all.stream().map(each -> each.of().orElseThrow().name() + "#"
                + each.index()).collect(Collectors.joining(" "))));
        return members;
    }

    private static String why(Assignment assignment, String address) {
        return assignment.left().get(PciAddress.parse(address).orElseThrow());
    }

    @Test
    void aFunctionIsInTheFirstPoolThatWantsIt() throws Exception {
        Assignment assignment = assigned(TWO_CARDS, """
                pools:
                - name: first
                  selectors: {pfNames: "ens1f0#0-1"}
                - name: rest
                  prefix: example.com
                  selectors:
                  - drivers: vfio-pci
                  - pfNames: ens1f0
                - name: none
                  selectors: {vendors: [15b3]}
                """);
        assertEquals(Map.of("sriov/first", "ens1f0#0 ens1f0#1", "example.com/rest", "ens1f0#2 ens1f0#3 ens1f1#0 ens1f1#1 ens1f1#2 ens1f1#3",
                "sriov/none", ""), members(assignment));
        assertEquals(Map.of(), assignment.left());
        assertEquals(Optional.of(new ResourceName("sriov", "first")), assignment.poolOf(PciAddress.parse("01:10.2").orElseThrow()));
    }

    @Test
    void eachSelectorsFieldCanRefuseAndSaysSo() throws Exception {
        Map<String, String> refusals = new TreeMap<>(Map.of(
                "vendors: [15b3, '!8086']", "its vendor 8086 is excluded",
                "devices: 1515", "its device 10ca is not 1515",
                "drivers: [iavf, i40evf]", "its driver igbvf is not iavf or i40evf",
                "pciAddresses: ['0000:02:*']", "its address 0000:01:10.2 is not 0000:02:*",
                "pfNames: ['ens1f0#0,2-7', ens9]", "physical function ens1f0#1 is not ens1f0#0,2-7 or ens9",
                "pfNames: ['!ens1f0#1']", "physical function ens1f0#1 is excluded by !ens1f0#1",
                "rootDevices: ['0000:02:00.0']", "physical function 0000:01:00.0#1 is not 0000:02:00.0",
                "linkTypes: infiniband", "its link type ether is not infiniband",
                "numaNodes: 0", "its NUMA node 1 is not 0",
                "isRdma: true", "it has no RDMA device"));
        for (Map.Entry<String, String> each : refusals.entrySet()) {
            Assignment assignment = assigned(TWO_CARDS, "pools: [{name: p, selectors: {" + each.getKey() + "}}]");
            assertEquals("sriov/p: " + each.getValue(), why(assignment, "01:10.2"), each.getKey());
        }
        assertEquals("sriov/p: it is no accelerator device", why(assigned(TWO_CARDS, "pools: [{name: p, type: accelerator}]"), "01:10.2"));
        assertEquals("there are no pools", why(assigned(TWO_CARDS, ""), "01:10.2"));
    }

    @Test
    void aDriverThatIsMissingIsNone() throws Exception {
        FakeSysTree bare = new FakeSysTree().card(1, "ens1f0", 1, "", 20);
        assertEquals("sriov/p: it has no driver, and vfio-pci is wanted", why(assigned(bare, "pools: [{name: p, selectors: {drivers: vfio-pci}}]"),
                "01:10.0"));
    }

    @Test
    void theHostsOwnWayIsNobodys() throws Exception {
        Assignment assignment = assigned(TWO_CARDS, "pools: [{name: p}]", "ens1f0v1");
        assertEquals("the host's own way to elsewhere leads through its ens1f0v1", why(assignment, "01:10.2"));
        assertEquals(7, assignment.members().values().iterator().next().size());
    }

    @Test
    void aCardThatIsDividedIsNotGivenAwayItself() throws Exception {
        FakeSysTree tree = new FakeSysTree().card(1, "ens1f0", 0, "", 20).card(2, "ens1f1", 1, "igbvf", 40);
        Assignment assignment = assigned(tree, "pools: [{name: p}]");
        assertEquals(Map.of("sriov/p", "ens1f0#-1 ens1f1#0"), members(assignment));
    }

    @Test
    void partsOfASwitchAreRefusedInWords() throws Exception {
        FakeSysTree tree = new FakeSysTree().card(1, "ens1np0", 1, "mlx5_core", 20).net("0000:01:00.0", "eth0_0")
                .file("class/net/eth0_0/phys_port_name", "pf0vf0");
        assertTrue(why(assigned(tree, "pools: [{name: p}]"), "01:10.0").contains("devlink dev eswitch set pci/0000:01:00.0 mode legacy"));
    }
}
