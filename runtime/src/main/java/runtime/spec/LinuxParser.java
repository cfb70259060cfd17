package runtime.spec;

import java.util.Optional;
import java.util.OptionalLong;
import runtime.spec.Linux.NetDevice;
import runtime.spec.Linux.TimeOffset;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRate;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Resources.DeviceWeight;
import runtime.spec.Resources.HugepageLimit;
import runtime.spec.Resources.Memory;

/** Reads {@code linux} of a config.json. */
final class LinuxParser {
    private LinuxParser() {}

    static Linux linux(Fields fields) {
        if (fields.has("intelRdt")) {
            fields.problem("intelRdt", "cache allocation is not supported; remove it");
        }
        if (fields.has("memoryPolicy")) {
            fields.problem("memoryPolicy",
                    "is not supported; remove it, or bind memory with resources.cpu.mems");
        }
        return new Linux(
                fields.objects("uidMappings", SpecParser::idMapping),
                fields.objects("gidMappings", SpecParser::idMapping),
                fields.objects("namespaces", LinuxParser::namespace),
                fields.objects("devices", LinuxParser::device),
                fields.optionalText("cgroupsPath"),
                resources(fields.objectOrEmpty("resources")),
                fields.optionalText("rootfsPropagation"),
                fields.object("seccomp").map(SeccompParser::seccomp),
                fields.textsByKey("sysctl"),
                fields.texts("maskedPaths"),
                fields.texts("readonlyPaths"),
                fields.optionalText("mountLabel"),
                fields.object("personality").flatMap(LinuxParser::personality),
                fields.objectsByKey("timeOffsets", LinuxParser::timeOffset),
                fields.objectsByKey("netDevices",
                        device -> new NetDevice(device.optionalText("name"))));
    }

    private static Optional<String> personality(Fields fields) {
        if (fields.has("flags")) {
            fields.problem("flags", "no personality flag is supported; remove them");
        }
        return Optional.of(fields.text("domain"));
    }

    private static TimeOffset timeOffset(Fields fields) {
        return new TimeOffset(
                fields.optionalNumber("secs").orElse(0),
                fields.optionalId("nanosecs").orElse(0));
    }

    private static Namespace namespace(Fields fields) {
        String name = fields.text("type");
        Optional<NamespaceType> type = NamespaceType.named(name);
        if (type.isEmpty() && !name.isEmpty()) {
            fields.problem("type", "unknown namespace \"" + name
                    + "\"; one of pid, network, mount, ipc, uts, user, cgroup, time is required");
        }
        return new Namespace(type.orElse(NamespaceType.MOUNT), fields.optionalText("path"));
    }

    private static Device device(Fields fields) {
        String letter = fields.text("type");
        Optional<Device.Type> type = Device.Type.lettered(letter);
        if (type.isEmpty() && !letter.isEmpty()) {
            fields.problem("type", "must be c, u, b or p, not \"" + letter + "\"");
        }
        return new Device(
                fields.text("path"),
                type.orElse(Device.Type.CHARACTER),
                fields.optionalNumber("major"),
                fields.optionalNumber("minor"),
                fields.optionalInt("fileMode", 0, 0x1FFFF),
                fields.optionalId("uid"),
                fields.optionalId("gid"));
    }

    static Resources resources(Fields fields) {
        if (fields.has("network")) {
            fields.problem("network", "net_cls and net_prio are not supported; remove it, and"
                    + " shape traffic on the container's network device");
        }
        if (fields.has("rdma")) {
            fields.problem("rdma", "limits of RDMA devices are not supported; remove it");
        }
        return new Resources(
                fields.objects("devices", LinuxParser::deviceRule),
                memory(fields.objectOrEmpty("memory")),
                cpu(fields.objectOrEmpty("cpu")),
                fields.object("pids").map(pids -> pids.optionalNumber("limit"))
                        .orElse(OptionalLong.empty()),
                blockIo(fields.objectOrEmpty("blockIO")),
                fields.objects("hugepageLimits", limit ->
                        new HugepageLimit(limit.text("pageSize"), limit.unsigned("limit"))),
                fields.textsByKey("unified"));
    }

    private static DeviceRule deviceRule(Fields fields) {
        return new DeviceRule(
                fields.flag("allow"),
                fields.optionalText("type").orElse("a"),
                wildcard(fields.optionalNumber("major")),
                wildcard(fields.optionalNumber("minor")),
                fields.optionalText("access").orElse("rwm"));
    }

    /** Go's zero value for "any" is -1 in many a config.json. */
    private static OptionalLong wildcard(OptionalLong number) {
        return number.isPresent() && number.getAsLong() == -1 ? OptionalLong.empty() : number;
    }

    private static Memory memory(Fields fields) {
        return new Memory(
                fields.optionalNumber("limit"),
                fields.optionalNumber("reservation"),
                fields.optionalNumber("swap"),
                fields.optionalNumber("kernel"),
                fields.optionalNumber("kernelTCP"),
                fields.optionalInt("swappiness", 0, 100),
                fields.flag("disableOOMKiller"));
    }

    private static Cpu cpu(Fields fields) {
        return new Cpu(
                fields.optionalUnsigned("shares"),
                fields.optionalNumber("quota"),
                fields.optionalUnsigned("burst"),
                fields.optionalUnsigned("period"),
                fields.optionalNumber("realtimeRuntime"),
                fields.optionalUnsigned("realtimePeriod"),
                fields.optionalText("cpus"),
                fields.optionalText("mems"),
                fields.optionalNumber("idle"));
    }

    private static BlockIo blockIo(Fields fields) {
        return new BlockIo(
                fields.optionalInt("weight", 0, 0xFFFF),
                fields.optionalInt("leafWeight", 0, 0xFFFF),
                fields.objects("weightDevice", device -> new DeviceWeight(
                        device.number("major"),
                        device.number("minor"),
                        device.optionalInt("weight", 0, 0xFFFF),
                        device.optionalInt("leafWeight", 0, 0xFFFF))),
                fields.objects("throttleReadBpsDevice", LinuxParser::rate),
                fields.objects("throttleWriteBpsDevice", LinuxParser::rate),
                fields.objects("throttleReadIOPSDevice", LinuxParser::rate),
                fields.objects("throttleWriteIOPSDevice", LinuxParser::rate));
    }

    private static DeviceRate rate(Fields fields) {
        return new DeviceRate(
                fields.number("major"), fields.number("minor"), fields.unsigned("rate"));
    }
}
