package runtime.spec;

import static runtime.spec.SpecWriter.flag;
import static runtime.spec.SpecWriter.newObject;
import static runtime.spec.SpecWriter.number;
import static runtime.spec.SpecWriter.object;
import static runtime.spec.SpecWriter.objects;
import static runtime.spec.SpecWriter.text;
import static runtime.spec.SpecWriter.texts;
import static runtime.spec.SpecWriter.unsigned;

import com.fasterxml.jackson.databind.node.ObjectNode;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.DeviceRate;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Resources.DeviceWeight;
import runtime.spec.Resources.Memory;

/** Writes {@code linux} of a config.json. */
final class LinuxWriter {
    private LinuxWriter() {}

    static ObjectNode linux(Linux linux) {
        ObjectNode node = newObject();
        objects(node, "uidMappings", linux.uidMappings(), SpecWriter::idMapping);
        objects(node, "gidMappings", linux.gidMappings(), SpecWriter::idMapping);
        objects(node, "namespaces", linux.namespaces(), (namespace, target) -> {
            target.put("type", namespace.type().specName());
            text(target, "path", namespace.path());
        });
        objects(node, "devices", linux.devices(), LinuxWriter::device);
        text(node, "cgroupsPath", linux.cgroupsPath());
        object(node, "resources", resources(linux.resources()));
        text(node, "rootfsPropagation", linux.rootfsPropagation());
        linux.seccomp().ifPresent(seccomp -> node.set("seccomp", seccompTree(seccomp)));
        texts(node, "sysctl", linux.sysctl());
        texts(node, "maskedPaths", linux.maskedPaths());
        texts(node, "readonlyPaths", linux.readonlyPaths());
        text(node, "mountLabel", linux.mountLabel());
        linux.personality().ifPresent(
                domain -> node.putObject("personality").put("domain", domain));
        ObjectNode offsets = newObject();
        linux.timeOffsets().forEach((clock, offset) -> offsets.putObject(clock)
                .put("secs", offset.seconds()).put("nanosecs", offset.nanoseconds()));
        object(node, "timeOffsets", offsets);
        ObjectNode netDevices = newObject();
        linux.netDevices().forEach((name, device) ->
                text(netDevices.putObject(name), "name", device.name()));
        object(node, "netDevices", netDevices);
        return node;
    }

    private static void device(Device device, ObjectNode node) {
        node.put("path", device.path());
        node.put("type", device.type().letter());
        number(node, "major", device.major());
        number(node, "minor", device.minor());
        number(node, "fileMode", device.fileMode());
        number(node, "uid", device.uid());
        number(node, "gid", device.gid());
    }

    private static ObjectNode resources(Resources resources) {
        ObjectNode node = newObject();
        objects(node, "devices", resources.devices(), LinuxWriter::deviceRule);
        object(node, "memory", memory(resources.memory()));
        object(node, "cpu", cpu(resources.cpu()));
        resources.pids().ifPresent(limit -> node.putObject("pids").put("limit", limit));
        object(node, "blockIO", blockIo(resources.blockIo()));
        objects(node, "hugepageLimits", resources.hugepageLimits(), (limit, target) -> {
            target.put("pageSize", limit.pageSize());
            unsigned(target, "limit", limit.limitBytes());
        });
        texts(node, "unified", resources.unified());
        return node;
    }

    private static void deviceRule(DeviceRule rule, ObjectNode node) {
        node.put("allow", rule.allow());
        node.put("type", rule.type());
        number(node, "major", rule.major());
        number(node, "minor", rule.minor());
        node.put("access", rule.access());
    }

    private static ObjectNode memory(Memory memory) {
        ObjectNode node = newObject();
        number(node, "limit", memory.limit());
        number(node, "reservation", memory.reservation());
        number(node, "swap", memory.swap());
        number(node, "kernel", memory.kernel());
        number(node, "kernelTCP", memory.kernelTcp());
        number(node, "swappiness", memory.swappiness());
        flag(node, "disableOOMKiller", memory.disableOomKiller());
        return node;
    }

    private static ObjectNode cpu(Cpu cpu) {
        ObjectNode node = newObject();
        unsigned(node, "shares", cpu.shares());
        number(node, "quota", cpu.quotaMicros());
        unsigned(node, "burst", cpu.burstMicros());
        unsigned(node, "period", cpu.periodMicros());
        number(node, "realtimeRuntime", cpu.realtimeRuntimeMicros());
        unsigned(node, "realtimePeriod", cpu.realtimePeriodMicros());
        text(node, "cpus", cpu.cpus());
        text(node, "mems", cpu.mems());
        number(node, "idle", cpu.idle());
        return node;
    }

    private static ObjectNode blockIo(BlockIo io) {
        ObjectNode node = newObject();
        number(node, "weight", io.weight());
        number(node, "leafWeight", io.leafWeight());
        objects(node, "weightDevice", io.weights(), LinuxWriter::weight);
        objects(node, "throttleReadBpsDevice", io.readBytesPerSecond(), LinuxWriter::rate);
        objects(node, "throttleWriteBpsDevice", io.writeBytesPerSecond(), LinuxWriter::rate);
        objects(node, "throttleReadIOPSDevice", io.readOperationsPerSecond(), LinuxWriter::rate);
        objects(node, "throttleWriteIOPSDevice", io.writeOperationsPerSecond(), LinuxWriter::rate);
        return node;
    }

    private static void weight(DeviceWeight weight, ObjectNode node) {
        node.put("major", weight.major());
        node.put("minor", weight.minor());
        number(node, "weight", weight.weight());
        number(node, "leafWeight", weight.leafWeight());
    }

    private static void rate(DeviceRate rate, ObjectNode node) {
        node.put("major", rate.major());
        node.put("minor", rate.minor());
        unsigned(node, "rate", rate.rate());
    }

    /** A filter and its tree, which nobody changes. */
    private record Written(Seccomp seccomp, ObjectNode tree) {}

    /** Most containers have the same filter, which is most of a spec. */
    private static volatile Written last = new Written(null, null);

    private static ObjectNode seccompTree(Seccomp seccomp) {
        Written known = last;
        if (known.seccomp != seccomp) {
            known = new Written(seccomp, seccomp(seccomp));
            last = known;
        }
        return known.tree;
    }

    private static ObjectNode seccomp(Seccomp seccomp) {
        ObjectNode node = newObject();
        node.put("defaultAction", seccomp.defaultAction().specName());
        number(node, "defaultErrnoRet", seccomp.defaultErrno());
        texts(node, "architectures", seccomp.architectures());
        texts(node, "flags", seccomp.flags());
        text(node, "listenerPath", seccomp.listenerPath());
        text(node, "listenerMetadata", seccomp.listenerMetadata());
        objects(node, "syscalls", seccomp.rules(), LinuxWriter::rule);
        return node;
    }

    private static void rule(Seccomp.Rule rule, ObjectNode node) {
        texts(node, "names", rule.names());
        node.put("action", rule.action().specName());
        number(node, "errnoRet", rule.errno());
        objects(node, "args", rule.arguments(), (argument, target) -> {
            target.put("index", argument.index());
            unsigned(target, "value", argument.value());
            unsigned(target, "valueTwo", argument.valueTwo());
            target.put("op", argument.operator().specName());
        });
    }
}
