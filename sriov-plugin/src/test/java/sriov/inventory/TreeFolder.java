package sriov.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of files and links as the kernel's {@code /sys} has them, of cards with any number of virtual functions. */
public final class TreeFolder {
    private final Path root;

    /** In that folder, which is empty. */
    public TreeFolder(Path root) {
        this.root = root;
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private void link(String path, String target) throws IOException {
        Path link = root.resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    /** A card of Ethernet at a bus of its own, divided into that many. */
    public void card(int domain, String name, int virtual) throws IOException {
        String address = "%04x:01:00.0".formatted(domain);
        function(address, "8086:1592", "ice", domain * (virtual + 1));
        String path = "devices/pci/" + address + "/";
        file(path + "sriov_totalvfs", "256");
        file(path + "sriov_numvfs", Integer.toString(virtual));
        file(path + "sriov_drivers_autoprobe", "0");
        net(address, name);
        for (int i = 0; i < virtual; i++) {
            int number = 8 + i;
            String part = "%04x:01:%02x.%x".formatted(domain, number >> 3, number & 7);
            function(part, "8086:1889", "iavf", domain * (virtual + 1) + 1 + i);
            link(path + "virtfn" + i, "../" + part);
            link("devices/pci/" + part + "/physfn", "../" + address);
            net(part, name + "v" + i);
        }
    }

    private void function(String address, String ids, String driver, int group) throws IOException {
        String path = "devices/pci/" + address + "/";
        file(path + "uevent", "DRIVER=" + driver + "\nPCI_CLASS=20000\nPCI_ID=" + ids + "\nPCI_SUBSYS_ID=8086:0000\nPCI_SLOT_NAME=" + address);
        file(path + "numa_node", "0");
        link(path + "iommu_group", "../../../kernel/iommu_groups/" + group);
        link("bus/pci/devices/" + address, "../../../devices/pci/" + address);
    }

    private void net(String address, String name) throws IOException {
        String path = "devices/pci/" + address + "/net/" + name + "/";
        file(path + "type", "1");
        file(path + "address", "02:00:00:00:00:01");
        file(path + "mtu", "1500");
        file(path + "flags", "0x1003");
        file(path + "carrier", "1");
        file(path + "speed", "100000");
        link("class/net/" + name, "../../devices/pci/" + address + "/net/" + name);
    }
}
