package sriov.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sriov.inventory.FakeSysTree;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;

/** How cards come to their virtual functions, and when they keep those they have. */
class DivisionsTest {
    private static final PciAddress CARD = PciAddress.parse("01:00.0").orElseThrow();

    private static List<DivisionStep> decided(FakeSysTree tree, Map<PciAddress, String> taken, Division... divisions) {
        return Divisions.decide(List.of(divisions), Inventory.read(tree), taken);
    }

    private static Division division(String name, int parts) {
        return new Division(name, parts, false);
    }

    @Test
    void aWholeCardIsDivided() {
        assertEquals(List.of(new DivisionStep.Probe(CARD, false), new DivisionStep.Divide(CARD, 4)),
                decided(new FakeSysTree().card(1, "ens1", 0, "", 20), Map.of(), division("ens1", 4)));
    }

    @Test
    void fromSomeToOthersTheWayLeadsByNone() {
        assertEquals(List.of(new DivisionStep.Probe(CARD, false), new DivisionStep.Divide(CARD, 0), new DivisionStep.Divide(CARD, 5)),
                decided(new FakeSysTree().card(1, "ens1", 4, "igbvf", 20), Map.of(), division("0000:01:*", 5)));
        assertEquals(List.of(new DivisionStep.Divide(CARD, 0)), decided(new FakeSysTree().card(1, "ens1", 4, "igbvf", 20), Map.of(),
                division("ens1", 0)));
    }

    @Test
    void whatIsSoAlreadyIsLeftAlone() {
        FakeSysTree tree = new FakeSysTree().card(1, "ens1", 4, "igbvf", 20);
        assertEquals(List.of(), decided(tree, Map.of(CARD, "web"), new Division("ens1", 4, true)));
        assertEquals(List.of(), decided(tree, Map.of(), division("ens2", 1)));
        assertEquals(List.of(new DivisionStep.Probe(CARD, false)), decided(tree, Map.of(), division("ens1", 4), division("*", 7)),
                "the first that suits counts");
    }

    @Test
    void whatSomebodyHasStays() {
        FakeSysTree tree = new FakeSysTree().card(1, "ens1", 2, "igbvf", 20);
        assertEquals(List.of(new DivisionStep.Leave(CARD, "ens1 has 2 virtual functions, and gets 4 once nobody has any of them: 0000:01:10.2 is"
                + " web's")), decided(tree, Map.of(PciAddress.parse("01:10.2").orElseThrow(), "web"), division("ens1", 4)));
        FakeSysTree away = new FakeSysTree().card(1, "ens1", 1, "igbvf", 20).without("bus/pci/devices/0000:01:10.0/net");
        assertEquals(List.of(new DivisionStep.Leave(CARD, "ens1 has 1 virtual functions, and gets 0 once nobody has any of them: the network device of"
                + " 0000:01:10.0 is in a namespace of somebody")), decided(away, Map.of(), division("ens1", 0)));
    }

    @Test
    void moreThanThereCanBeIsSaid() {
        assertEquals(List.of(new DivisionStep.Leave(CARD, "ens1 can be divided into 7 at most, and 8 are asked for")),
                decided(new FakeSysTree().card(1, "ens1", 0, "", 20), Map.of(), division("ens1", 8)));
    }
}
