package runtime.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code --gpus} asks for.
 *
 * @param count   how many; -1 for all; 0 if devices are named
 * @param devices names within the kind ({@code 0}, {@code GPU-…}), or full CDI names
 */
public record GpuRequest(int count, List<String> devices) {
    private static final String CLASS = "gpu";
    private static final String ALL = "all";

    public GpuRequest {
        devices = List.copyOf(devices);
    }

    /**
     * Reads {@code all}, {@code 2}, {@code count=2}, {@code device=0,1}.
     *
     * @throws DeviceException if it is something else
     */
    public static GpuRequest parse(String text) throws DeviceException {
        String bare = text.replace("\"", "");
        if (bare.startsWith("device=")) {
            List<String> devices = List.of(bare.substring("device=".length()).split(",", -1));
            for (String device : devices) {
                if (!CdiName.isDevice(device) && CdiName.parse(device).isEmpty()) {
                    throw invalid(text);
                }
            }
            return new GpuRequest(0, devices);
        }
        String count = bare.startsWith("count=") ? bare.substring("count=".length()) : bare;
        if (count.equals(ALL) || count.equals("-1")) {
            return new GpuRequest(-1, List.of());
        }
        if (!count.matches("[1-9][0-9]{0,3}")) {
            throw invalid(text);
        }
        return new GpuRequest(Integer.parseInt(count), List.of());
    }

    private static DeviceException invalid(String text) {
        return new DeviceException("--gpus " + text + ": expected all, a number, or"
                + " device=NAME[,NAME]; drivers, capabilities and options are not asked for here,"
                + " since the device's CDI spec says what it needs");
    }

    /**
     * The CDI devices meant: those of the only kind there is whose class is {@code gpu}.
     *
     * @throws DeviceException if there is none, or there are several kinds, or too few
     */
    public List<CdiName> names(CdiRegistry registry) throws DeviceException {
        List<CdiName> named = new ArrayList<>();
        List<String> within = new ArrayList<>();
        for (String device : devices) {
            Optional<CdiName> full = CdiName.parse(device);
            full.ifPresentOrElse(named::add, () -> within.add(device));
        }
        if (within.isEmpty() && !named.isEmpty()) {
            return named;
        }
        List<CdiName> known = registry.devices().stream().map(CdiRegistry.Known::name)
                .filter(name -> name.deviceClass().equals(CLASS)).toList();
        CdiName kind = kind(registry, known);
        within.forEach(device -> named.add(new CdiName(kind.vendor(), CLASS, device)));
        if (devices.isEmpty()) {
            named.addAll(count < 0 ? all(known) : first(known));
        }
        return named;
    }

    private static CdiName kind(CdiRegistry registry, List<CdiName> known) throws DeviceException {
        Set<String> kinds = new TreeSet<>();
        known.forEach(name -> kinds.add(name.kind()));
        if (kinds.size() > 1) {
            throw new DeviceException("--gpus: there are GPUs of several kinds, "
                    + String.join(", ", kinds) + "; name those wanted with --device KIND=NAME");
        }
        if (kinds.isEmpty()) {
            List<String> problems = registry.problems();
            throw new DeviceException("--gpus: no CDI spec in "
                    + String.join(" or ", registry.folders()) + " describes a GPU (a device of a"
                    + " kind VENDOR/gpu); NVIDIA's is written by `nvidia-ctk cdi generate"
                    + " --output=/etc/cdi/nvidia.yaml`" + (problems.isEmpty() ? ""
                            : ". Some files are no help: " + String.join("; ", problems)));
        }
        return known.getFirst();
    }

    private static List<CdiName> all(List<CdiName> known) {
        List<CdiName> whole = known.stream().filter(name -> name.device().equals(ALL)).toList();
        return whole.isEmpty() ? known : whole;
    }

    /** A GPU may have an index and a name that is unique in the world: then the index counts. */
    private List<CdiName> first(List<CdiName> known) throws DeviceException {
        List<CdiName> single = known.stream()
                .filter(name -> name.device().matches("[0-9]{1,9}"))
                .sorted(Comparator.comparingInt(name -> Integer.parseInt(name.device()))).toList();
        if (single.isEmpty()) {
            single = known.stream().filter(name -> !name.device().equals(ALL)).toList();
        }
        if (single.size() < count) {
            throw new DeviceException("--gpus " + count + ": there are only " + single.size());
        }
        return single.subList(0, count);
    }
}
