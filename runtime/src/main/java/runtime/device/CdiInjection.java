package runtime.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import runtime.device.ContainerEdits.DeviceNode;
import runtime.device.ContainerEdits.EditHook;
import runtime.device.ContainerEdits.EditMount;
import runtime.spec.ContainerSpec;
import runtime.spec.Device;
import runtime.spec.Hooks;
import runtime.spec.Linux;
import runtime.spec.Linux.NetDevice;
import runtime.spec.Mount;
import runtime.spec.Process;
import runtime.spec.Resources;
import runtime.spec.Resources.DeviceRule;

/** Changes a container's spec as its CDI devices say. */
public final class CdiInjection {
    /**
     * A device file of the host.
     *
     * @param type  {@code b}, {@code c} or {@code p}
     * @param major device number
     * @param minor device number
     * @param mode  permission bits
     */
    public record HostNode(String type, long major, long minor, int mode) {}

    /** Looks at the host's device files. */
    @FunctionalInterface
    public interface Host {
        /** The device file a path leads to. */
        HostNode at(String path) throws DeviceException;
    }

    private CdiInjection() {}

    /**
     * The spec with the edits made, one after the other.
     *
     * @throws DeviceException if one cannot be: a device file is missing, or it is of a kind no daemon
     *     of jctl makes
     */
    public static ContainerSpec apply(ContainerSpec spec, List<ContainerEdits> edits, Host host)
            throws DeviceException {
        ContainerSpec changed = spec;
        for (ContainerEdits each : edits) {
            refuseUnsupported(each);
            changed = apply(changed, each, host);
        }
        return changed;
    }

    private static void refuseUnsupported(ContainerEdits edits) throws DeviceException {
        if (edits.intelRdt()) {
            throw new DeviceException("the device's CDI spec wants intelRdt (cache and memory"
                    + " bandwidth of its own), which jctl does not set; remove it from the spec");
        }
    }

    private static ContainerSpec apply(ContainerSpec spec, ContainerEdits edits, Host host)
            throws DeviceException {
        List<Device> devices = new ArrayList<>(spec.linux().devices());
        List<DeviceRule> rules = new ArrayList<>(spec.linux().resources().devices());
        for (DeviceNode node : edits.deviceNodes()) {
            Device device = device(node, spec.process().user(), host);
            devices.removeIf(each -> each.path().equals(device.path()));
            devices.add(device);
            if (device.type() != Device.Type.FIFO) {
                rules.add(DeviceRule.allow(device.type() == Device.Type.BLOCK ? "b" : "c",
                        device.major().orElse(0), device.minor().orElse(0),
                        node.permissions().isEmpty() ? "rwm" : node.permissions()));
            }
        }
        List<Mount> mounts = new ArrayList<>(spec.mounts());
        for (EditMount edit : edits.mounts()) {
            add(mounts, mount(edit));
        }
        Linux linux = spec.linux();
        Resources limits = linux.resources();
        Map<String, NetDevice> networkDevices = new HashMap<>(linux.netDevices());
        networkDevices.putAll(edits.networkDevices());
        return new ContainerSpec(spec.ociVersion(), process(spec.process(), edits), spec.root(),
                spec.hostname(), spec.domainname(), mounts, hooks(spec.hooks(), edits.hooks()),
                spec.annotations(), linux.withDevices(devices).withNetDevices(networkDevices)
                .withResources(new Resources(rules, limits.memory(),
                        limits.cpu(), limits.pids(), limits.blockIo(), limits.hugepageLimits(),
                        limits.unified())));
    }

    private static Hooks hooks(Hooks hooks, List<EditHook> edits) {
        return new Hooks(with(hooks.prestart(), "prestart", edits),
                with(hooks.createRuntime(), "createRuntime", edits),
                with(hooks.createContainer(), "createContainer", edits),
                with(hooks.startContainer(), "startContainer", edits),
                with(hooks.poststart(), "poststart", edits),
                with(hooks.poststop(), "poststop", edits));
    }

    private static List<Hooks.Hook> with(List<Hooks.Hook> hooks, String point, List<EditHook> edits) {
        List<Hooks.Hook> all = new ArrayList<>(hooks);
        edits.stream().filter(edit -> edit.point().equals(point)).map(EditHook::hook)
                .forEach(all::add);
        return all;
    }

    private static Device device(DeviceNode node, Process.User user, Host host)
            throws DeviceException {
        boolean pipe = node.type().equals(Optional.of("p"));
        boolean complete = pipe || node.type().isPresent() && node.major().orElse(0) != 0;
        Optional<HostNode> found = complete && node.fileMode().isPresent()
                ? Optional.empty() : Optional.of(look(node, complete, host));
        String type = node.type().orElseGet(() -> found.orElseThrow().type());
        OptionalInt mode = node.fileMode().isPresent() ? node.fileMode()
                : OptionalInt.of(found.orElseThrow().mode());
        OptionalLong major = complete ? node.major() : OptionalLong.of(found.orElseThrow().major());
        OptionalLong minor = complete ? OptionalLong.of(node.minor().orElse(0))
                : OptionalLong.of(found.orElseThrow().minor());
        return new Device(node.path(), switch (type) {
            case "b" -> Device.Type.BLOCK;
            case "p" -> Device.Type.FIFO;
            default -> Device.Type.CHARACTER;
        }, pipe ? OptionalLong.empty() : major, pipe ? OptionalLong.empty() : minor, mode,
                owner(node.uid(), user.uid()), owner(node.gid(), user.gid()));
    }

    /** A spec that gives the numbers itself need not name a file the host has. */
    private static HostNode look(DeviceNode node, boolean complete, Host host)
            throws DeviceException {
        if (!complete) {
            return host.at(node.source());
        }
        try {
            return host.at(node.source());
        } catch (DeviceException absent) {
            return new HostNode(node.type().orElse("c"), 0, 0, 0666);
        }
    }

    /** A device nobody is named for belongs to the container's user. */
    private static OptionalLong owner(OptionalLong named, long user) {
        return named.isPresent() ? named : OptionalLong.of(user);
    }

    private static Mount mount(EditMount edit) {
        List<String> options = new ArrayList<>(edit.options());
        String type = edit.type().filter(each -> !each.equals("none")).orElse("bind");
        if (type.equals("bind") && !options.contains("bind") && !options.contains("rbind")) {
            options.add("rbind");
        }
        return new Mount(edit.containerPath(), Optional.of(type), Optional.of(edit.hostPath()),
                options, List.of(), List.of());
    }

    /** In the place of one of the same path, and before those that lie below it. */
    private static void add(List<Mount> mounts, Mount mount) {
        mounts.removeIf(each -> each.destination().equals(mount.destination()));
        int at = 0;
        while (at < mounts.size()
                && !mounts.get(at).destination().startsWith(mount.destination() + "/")) {
            at++;
        }
        mounts.add(at, mount);
    }

    private static Process process(Process process, ContainerEdits edits) {
        List<String> environment = new ArrayList<>(process.env());
        for (String entry : edits.environment()) {
            String name = entry.substring(0, entry.indexOf('=') + 1);
            environment.removeIf(each -> each.startsWith(name));
            environment.add(entry);
        }
        List<Long> groups = new ArrayList<>(process.user().additionalGids());
        edits.additionalGids().stream().filter(gid -> gid != 0 && !groups.contains(gid))
                .forEach(groups::add);
        return process.with(environment, new Process.User(process.user().uid(),
                process.user().gid(), process.user().umask(), groups));
    }
}
