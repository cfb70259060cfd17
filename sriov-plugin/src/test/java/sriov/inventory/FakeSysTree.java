package sriov.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Files and links of no host, with what the kernel's have in them. */
public final class FakeSysTree implements SysTree {
    private static final String DEVICES = "bus/pci/devices/";

    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, String> links = new TreeMap<>();
    private final List<String> read = new ArrayList<>();

    @Override
    public List<String> list(String path) {
        TreeSet<String> names = new TreeSet<>();
        for (Map<String, String> all : List.of(files, links)) {
            for (String each : all.keySet()) {
                if (each.startsWith(path + "/")) {
                    names.add(each.substring(path.length() + 1).split("/")[0]);
                }
            }
        }
        return List.copyOf(names);
    }

    @Override
    public Optional<String> read(String path) {
        read.add(path);
        return Optional.ofNullable(files.get(path));
    }

    @Override
    public Optional<String> link(String path) {
        return Optional.ofNullable(links.get(path));
    }

    /** How many files were read. */
    public int reads() {
        return read.size();
    }

    /** A file. */
    public FakeSysTree file(String path, String text) {
        files.put(path, text);
        return this;
    }

    /** A symbolic link. */
    public FakeSysTree symbolic(String path, String last) {
        links.put(path, last);
        return this;
    }

    /** Nothing below that is there any more. */
    public FakeSysTree without(String path) {
        files.keySet().removeIf(each -> each.startsWith(path));
        links.keySet().removeIf(each -> each.startsWith(path));
        return this;
    }

    /** A function. */
    public FakeSysTree function(String address, String ids, String classCode, String driver) {
        file(DEVICES + address + "/uevent", (driver.isEmpty() ? "" : "DRIVER=" + driver + "\n") + "PCI_CLASS=" + classCode + "\nPCI_ID=" + ids
                + "\nPCI_SUBSYS_ID=8086:10C9\nPCI_SLOT_NAME=" + address + "\nMODALIAS=pci:v00008086");
        file(DEVICES + address + "/numa_node", "-1");
        return driver.isEmpty() ? this : symbolic(DEVICES + address + "/driver", driver);
    }

    /** A network device of a function. */
    public FakeSysTree net(String address, String name) {
        file(DEVICES + address + "/net/" + name + "/type", "1");
        String path = "class/net/" + name + "/";
        return file(path + "type", "1").file(path + "address", "52:54:00:12:34:50").file(path + "mtu", "1500").file(path + "flags", "0x1003")
                .file(path + "carrier", "1").file(path + "speed", "1000").file(path + "operstate", "up");
    }

    /** An 82576 with that many virtual functions, whose addresses are two apart. */
    public FakeSysTree card(int bus, String name, int virtual, String driver, int firstGroup) {
        String address = "0000:%02x:00.0".formatted(bus);
        function(address, "8086:10C9", "20000", "igb").net(address, name);
        file(DEVICES + address + "/sriov_totalvfs", "7").file(DEVICES + address + "/sriov_numvfs", Integer.toString(virtual))
                .file(DEVICES + address + "/sriov_drivers_autoprobe", "1").file(DEVICES + address + "/numa_node", Integer.toString(bus % 2))
                .symbolic(DEVICES + address + "/iommu_group", Integer.toString(firstGroup));
        for (int i = 0; i < virtual; i++) {
            int number = 0x80 + 2 * i;
            String part = "0000:%02x:%02x.%x".formatted(bus, number >> 3, number & 7);
            function(part, "8086:10CA", "20000", driver).symbolic(DEVICES + address + "/virtfn" + i, part)
                    .symbolic(DEVICES + part + "/physfn", address).symbolic(DEVICES + part + "/iommu_group", Integer.toString(firstGroup + 1 + i));
            if (driver.equals("igbvf")) {
                net(part, name + "v" + i);
            }
        }
        return this;
    }
}
