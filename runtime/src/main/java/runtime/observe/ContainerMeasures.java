package runtime.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import linux.abi.FileFlags;
import linux.proc.NetworkDevice;
import linux.proc.PressureStall;
import linux.proc.ProcFormatException;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupStatistics;
import runtime.container.ContainerRecord;

/**
 * Everything that is counted of a running container, read once.
 *
 * @param container  whose
 * @param statistics of its cgroups
 * @param devices    its links; none on the host's network
 * @param pressures  how long its tasks have waited, where the kernel knows
 */
public record ContainerMeasures(ContainerRecord container, CgroupStatistics statistics,
        List<NetworkDevice> devices, Map<Resource, PressureStall> pressures) {

    /** What tasks may wait for. */
    public enum Resource {
        CPU("cpu.pressure"), MEMORY("memory.pressure"), IO("io.pressure");

        private final String file;

        Resource(String file) {
            this.file = file;
        }
    }

    /** Reads them; what has gone meanwhile counts as nothing. */
    static ContainerMeasures read(ContainerRecord running, CgroupPlace place, ReadBuffer buffer)
            throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (String file : CgroupStatistics.files(place)) {
            String text = text(file, false, buffer);
            if (!text.isEmpty()) {
                texts.put(file, text);
            }
        }
        Map<Resource, PressureStall> pressures = new EnumMap<>(Resource.class);
        for (Resource resource : Resource.values()) {
            String text = place.unifiedFile(resource.file).isEmpty() ? ""
                    : text(place.unifiedFile(resource.file).get(), false, buffer);
            try {
                if (!text.isEmpty()) {
                    pressures.put(resource, PressureStall.parse(text));
                }
            } catch (ProcFormatException malformed) {
                throw new IOException(malformed.getMessage(), malformed);
            }
        }
        boolean hostNetwork = running.options().network().mode().equals("host");
        List<NetworkDevice> devices = hostNetwork ? List.of() : NetworkDevice.parse(text(
                "/proc/" + running.run().orElseThrow().pid() + "/net/dev", true, buffer));
        return new ContainerMeasures(running, CgroupStatistics.of(place, texts), devices,
                pressures);
    }

    /** Empty if there is no such file, or its cgroup is being removed. */
    private static String text(String path, boolean manyRecords, ReadBuffer buffer) {
        int descriptor;
        try {
            descriptor = Files.openat(FileFlags.AT_FDCWD, Files.name(path), FileFlags.O_RDONLY, 0);
        } catch (SystemCallException absent) {
            return "";
        }
        try {
            int length = buffer.read(descriptor, manyRecords);
            return new String(buffer.text(), 0, length, StandardCharsets.ISO_8859_1);
        } catch (SystemCallException gone) {
            return "";
        } finally {
            Descriptors.close(descriptor);
        }
    }
}
