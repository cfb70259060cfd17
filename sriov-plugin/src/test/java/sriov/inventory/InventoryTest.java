package sriov.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What is read of a host's devices, also of odd ones. */
class InventoryTest {
    private static final String PATH = "bus/pci/devices/0000:01:00.0/";

    private static PhysicalFunction only(FakeSysTree tree) {
        Inventory found = Inventory.read(tree);
        assertEquals(List.of(), found.problems());
        assertEquals(1, found.physical().size());
        return found.physical().getFirst();
    }

    @Test
    void aCardAndItsParts() {
        PhysicalFunction card = only(new FakeSysTree().card(1, "eth0", 4, "igbvf", 20));
        assertEquals("eth0", card.name());
        assertEquals("0000:01:00.0", card.address().toString());
        assertEquals(7, card.mostVirtual());
        assertTrue(card.probesDrivers());
        assertEquals(Optional.of(new Uplink("eth0", Uplink.LinkType.ETHER, "52:54:00:12:34:50", 1500, true, true, OptionalInt.of(1000), false)),
                card.uplink());
        assertEquals(List.of("0000:01:10.0", "0000:01:10.2", "0000:01:10.4", "0000:01:10.6"), card.virtual().stream()
                .map(each -> each.address().toString()).toList());
        assertEquals(List.of(0, 1, 2, 3), card.virtual().stream().map(VirtualFunction::index).toList());
        PciFunction third = card.virtual().get(2).function();
        assertEquals(new PciFunction(new PciAddress(0, 1, 0x10, 4), 0x8086, 0x10ca, 0x20000, Optional.of("igbvf"), OptionalInt.of(1),
                OptionalInt.of(23), List.of("eth0v2"), List.of()), third);
        assertEquals(PciFunction.DeviceType.NETWORK, third.type());
    }

    @Test
    void moreThanTenPartsAreInTheOrderOfTheirNumbers() {
        FakeSysTree tree = new FakeSysTree().card(1, "eth0", 12, "", 20);
        assertEquals(12, only(tree).virtual().size());
        assertEquals(11, only(tree).virtual().getLast().index());
    }

    @Test
    void aPartWhoseNetworkDeviceIsInAContainerHasNone() {
        FakeSysTree tree = new FakeSysTree().card(1, "eth0", 1, "igbvf", 20).without("bus/pci/devices/0000:01:10.0/net");
        PciFunction part = only(tree).virtual().getFirst().function();
        assertEquals(Optional.of("igbvf"), part.driver());
        assertEquals(List.of(), part.netNames());
    }

    @Test
    void whatCannotBeDividedIsWhole() {
        FakeSysTree tree = new FakeSysTree().function("0000:00:1f.2", "8086:2922", "10601", "ahci").function("0000:00:02.0", "1AF4:1000", "20000",
                "virtio-pci").net("0000:00:02.0", "eth7").function("0000:03:00.0", "8086:0D5C", "120000", "vfio-pci");
        Inventory found = Inventory.read(tree);
        assertEquals(List.of("0000:00:02.0", "0000:03:00.0"), found.whole().stream().map(each -> each.address().toString()).toList());
        assertEquals(List.of(PciFunction.DeviceType.NETWORK, PciFunction.DeviceType.ACCELERATOR), found.whole().stream().map(PciFunction::type)
                .toList());
        assertEquals(List.of(), found.physical());
    }

    @Test
    void aDiskThatCanBeDividedIsAPhysicalFunctionWithoutALink() {
        FakeSysTree tree = new FakeSysTree().function("0000:02:00.0", "1B36:0010", "10802", "nvme")
                .file("bus/pci/devices/0000:02:00.0/sriov_totalvfs", "4").file("bus/pci/devices/0000:02:00.0/sriov_numvfs", "0");
        PhysicalFunction disk = only(tree);
        assertEquals("0000:02:00.0", disk.name());
        assertEquals(Optional.empty(), disk.uplink());
        assertEquals(PciFunction.DeviceType.OTHER, disk.function().type());
        assertEquals(OptionalInt.empty(), disk.function().numaNode());
    }

    @Test
    void aSwitchIsNoticedByThePortsThatRepresentItsParts() {
        FakeSysTree tree = new FakeSysTree().card(1, "ens1np0", 2, "mlx5_core", 20).net("0000:01:00.0", "eth0_0").net("0000:01:00.0", "eth0_1")
                .file("class/net/eth0_0/phys_port_name", "pf0vf0").file("class/net/eth0_1/phys_port_name", "c1pf0sf7")
                .file("class/net/ens1np0/phys_port_name", "p0");
        Uplink uplink = only(tree).uplink().orElseThrow();
        assertEquals("ens1np0", uplink.name());
        assertTrue(uplink.switchdev());
    }

    @Test
    void aLinkThatIsDownHasNeitherCarrierNorSpeed() {
        FakeSysTree tree = new FakeSysTree().card(1, "eth0", 0, "", 20).without("class/net/eth0/carrier").file("class/net/eth0/flags", "0x1002")
                .file("class/net/eth0/speed", "-1");
        Uplink uplink = only(tree).uplink().orElseThrow();
        assertEquals(List.of(false, false), List.of(uplink.up(), uplink.carrier()));
        assertEquals(OptionalInt.empty(), uplink.speedMegabit());
    }

    @Test
    void whatGoesWhileItIsLookedAtIsNotThere() {
        FakeSysTree tree = new FakeSysTree().card(1, "eth0", 2, "igbvf", 20).without("bus/pci/devices/0000:01:10.0/");
        assertEquals(List.of(1), only(tree).virtual().stream().map(VirtualFunction::index).toList());
        assertEquals(List.of(), Inventory.read(tree.without(PATH + "uevent")).physical());
    }

    @Test
    void whatIsNotUnderstoodIsSaidAndTheRestIsRead() {
        FakeSysTree tree = new FakeSysTree().card(1, "eth0", 1, "igbvf", 20).card(2, "eth1", 1, "igbvf", 30).file("bus/pci/devices/nonsense/uevent", "")
                .file(PATH + "uevent", "PCI_CLASS=many\nPCI_ID=8086");
        Inventory found = Inventory.read(tree);
        assertEquals(List.of("eth1"), found.physical().stream().map(PhysicalFunction::name).toList());
        assertEquals(List.of("bus/pci/devices/0000:01:00.0/uevent: PCI_CLASS is not understood: \"many\"",
                "bus/pci/devices/nonsense is no PCI address"), found.problems());
        assertTrue(found.find("eth1").isPresent() && found.find("02:00.0").isPresent() && found.find("eth0").isEmpty());
    }

    @Test
    void addressesAreReadAsTheyAreWritten() {
        assertEquals("0000:01:10.2", PciAddress.parse("01:10.2").orElseThrow().toString());
        assertEquals("10000:e1:00.0", PciAddress.parse("10000:E1:00.0").orElseThrow().toString());
        for (String wrong : List.of("", "1:10.2", "0000:01:10.8", "0000:01:20.0", "0000:01:10.2 ", "000:01:10.2", "ffffffff:01:10.2", "0000:01:10")) {
            assertEquals(Optional.empty(), PciAddress.parse(wrong), wrong);
        }
        assertTrue(PciAddress.parse("0000:02:00.0").orElseThrow().compareTo(PciAddress.parse("0000:10:00.0").orElseThrow()) < 0);
    }
}
