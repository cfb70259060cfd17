package runtime.spec;

import java.util.OptionalLong;
import java.util.regex.Pattern;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Resources.Memory;

/** Checks {@code linux.resources} of a spec: ranges the kernel has on every host. */
final class ResourcesValidator {
    private static final String PATH = "$.linux.resources";
    private static final long PERIOD_LEAST_MICROS = 1_000;
    private static final long PERIOD_MOST_MICROS = 1_000_000;
    private static final Pattern NUMBER_LIST =
            Pattern.compile("\\d{1,5}(-\\d{1,5})?(,\\d{1,5}(-\\d{1,5})?)*");
    private static final Pattern PAGE_SIZE = Pattern.compile("[1-9]\\d{0,5}[KMG]B");
    private static final Pattern UNIFIED_FILE = Pattern.compile("[a-z0-9_]+(\\.[A-Za-z0-9_]+)+");

    private static final Pattern DEVICE_TYPE = Pattern.compile("[abc]");
    private static final Pattern DEVICE_ACCESS = Pattern.compile("[rwm]{1,3}");

    private final Resources resources;
    private final ProblemList problems;

    ResourcesValidator(Resources resources, ProblemList problems) {
        this.resources = resources;
        this.problems = problems;
    }

    void check() {
        devices();
        memory(resources.memory());
        cpu(resources.cpu());
        resources.pids().ifPresent(limit -> problems.require(limit >= -1, PATH + ".pids.limit",
                "must be above 0, or -1 for no limit"));
        blockIo(resources.blockIo());
        for (int i = 0; i < resources.hugepageLimits().size(); i++) {
            String size = resources.hugepageLimits().get(i).pageSize();
            problems.require(PAGE_SIZE.matcher(size).matches(),
                    PATH + ".hugepageLimits[" + i + "].pageSize",
                    "must be like 2MB or 1GB, not \"" + ProblemList.shortened(size) + "\"");
        }
        resources.unified().forEach((file, value) -> {
            String path = PATH + ".unified['" + ProblemList.shortened(file) + "']";
            problems.require(UNIFIED_FILE.matcher(file).matches(), path,
                    "is not a cgroup file's name, such as memory.high");
            problems.noNul(path, value);
        });
    }

    private void devices() {
        for (int i = 0; i < resources.devices().size(); i++) {
            DeviceRule rule = resources.devices().get(i);
            String path = PATH + ".devices[" + i + "]";
            problems.require(DEVICE_TYPE.matcher(rule.type()).matches(),
                    path + ".type", "must be a, b or c");
            problems.require(DEVICE_ACCESS.matcher(rule.access()).matches(), path + ".access",
                    "must be letters out of r, w and m");
            problems.require(rule.major().orElse(0) >= 0 && rule.major().orElse(0) < 1L << 32
                            && rule.minor().orElse(0) >= 0 && rule.minor().orElse(0) < 1L << 32,
                    path, "has a device number out of range; leave it out for any");
        }
    }

    private void memory(Memory memory) {
        String path = PATH + ".memory";
        notBelowMinusOne(path + ".limit", memory.limit());
        notBelowMinusOne(path + ".reservation", memory.reservation());
        notBelowMinusOne(path + ".swap", memory.swap());
        long limit = memory.limit().orElse(0);
        long swap = memory.swap().orElse(0);
        problems.require(limit <= 0 || swap <= 0 || swap >= limit, path + ".swap",
                "is memory and swap together and must not be below the memory limit");
        problems.require(limit <= 0 || memory.reservation().orElse(0) <= limit,
                path + ".reservation", "must not be above the memory limit");
    }

    private void cpu(Cpu cpu) {
        String path = PATH + ".cpu";
        long period = cpu.periodMicros().orElse(0);
        problems.require(period == 0
                        || period >= PERIOD_LEAST_MICROS && period <= PERIOD_MOST_MICROS,
                path + ".period", "must be 1000 to 1000000 microseconds");
        long quota = cpu.quotaMicros().orElse(0);
        problems.require(quota == 0 || quota == -1 || quota >= PERIOD_LEAST_MICROS,
                path + ".quota", "must be at least 1000 microseconds, or -1 for no limit");
        problems.require(cpu.shares().orElse(0) >= 0, path + ".shares", "must not be that large");
        problems.require(cpu.idle().orElse(0) == 0 || cpu.idle().orElse(0) == 1, path + ".idle",
                "must be 0 or 1");
        cpu.cpus().ifPresent(list -> numberList(path + ".cpus", list));
        cpu.mems().ifPresent(list -> numberList(path + ".mems", list));
    }

    private void numberList(String path, String list) {
        problems.require(NUMBER_LIST.matcher(list).matches(), path,
                "must be like 0-3,7, not \"" + ProblemList.shortened(list) + "\"");
    }

    private void blockIo(BlockIo io) {
        String path = PATH + ".blockIO";
        problems.require(weightIsSound(io.weight().orElse(0)), path + ".weight",
                "must be 10 to 1000");
        problems.require(io.leafWeight().isEmpty()
                        && io.weights().stream().allMatch(device -> device.leafWeight().isEmpty()),
                path + ".leafWeight", "ended with Linux 5.0; use weight");
        problems.require(io.weights().stream().allMatch(
                        device -> weightIsSound(device.weight().orElse(0))),
                path + ".weightDevice", "weights must be 10 to 1000");
    }

    private static boolean weightIsSound(int weight) {
        return weight == 0 || weight >= 10 && weight <= 1000;
    }

    private void notBelowMinusOne(String path, OptionalLong value) {
        problems.require(value.orElse(0) >= -1, path, "must be bytes, or -1 for no limit");
    }
}
