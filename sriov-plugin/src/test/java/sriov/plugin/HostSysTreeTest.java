package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.inventory.Inventory;
import sriov.inventory.PhysicalFunction;
import sriov.inventory.TreeFolder;

/** Folders that look like the kernel's, and the kernel's own. */
class HostSysTreeTest {
    @TempDir
    Path folder;

    @Test
    void filesFoldersAndLinks() throws Exception {
        Files.writeString(folder.resolve("numvfs"), "4\n");
        Files.createDirectories(folder.resolve("net/eth1"));
        Files.createDirectories(folder.resolve("net/eth0"));
        Files.createSymbolicLink(folder.resolve("driver"), Path.of("../../bus/pci/drivers/igb"));
        HostSysTree tree = new HostSysTree(folder);
        assertEquals(Optional.of("4"), tree.read("numvfs"));
        assertEquals(List.of("eth0", "eth1"), tree.list("net"));
        assertEquals(Optional.of("igb"), tree.link("driver"), "where it leads to need not be there");
        assertEquals(Optional.empty(), tree.read("nowhere/numvfs"));
        assertEquals(Optional.empty(), tree.read("net"), "a folder has no text");
        assertEquals(List.of(), tree.list("numvfs"));
        assertEquals(Optional.empty(), tree.link("numvfs"));
    }

    @Test
    void whatIsThereAndCannotBeOpenedIsNotGone() throws Exception {
        HostSysTree tree = new HostSysTree(folder);
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
            assertTrue(assertThrows(UncheckedIOException.class, () -> tree.read("socket")).getMessage().contains("cannot be opened"));
        }
    }

    @Test
    void cardsAndTheirPartsAreReadFromAFolder() throws Exception {
        TreeFolder written = new TreeFolder(folder);
        written.card(1, "ens1", 16);
        written.card(2, "ens2", 0);
        Inventory found = Inventory.read(new HostSysTree(folder));
        assertEquals(List.of(), found.problems());
        assertEquals(List.of("ens1", "ens2"), found.physical().stream().map(PhysicalFunction::name).toList());
        assertEquals(16, found.physical().getFirst().virtual().size());
        assertEquals(OptionalInt.of(33), found.physical().getFirst().virtual().getLast().function().iommuGroup());
        assertEquals(List.of("ens1v15"), found.physical().getFirst().virtual().getLast().function().netNames());
    }

    @Test
    void thisMachinesDevicesAreUnderstood() {
        Inventory found = Inventory.read(new HostSysTree(Path.of("/sys")));
        assertEquals(List.of(), found.problems());
        assertTrue(found.functions().size() >= found.physical().size());
    }
}
