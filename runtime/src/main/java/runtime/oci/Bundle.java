package runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import runtime.cgroup.DeviceRules;
import runtime.spec.ContainerSpec;
import runtime.spec.Linux;
import runtime.spec.Mount;
import runtime.spec.Problem;
import runtime.spec.Process;
import runtime.spec.Resources;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Root;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;
import runtime.spec.SpecValidator;

/** A folder with a {@code config.json} and a root file system (OCI runtime-spec bundle.md). */
public final class Bundle {
    /** The file's name. */
    public static final String CONFIG = "config.json";
    /** Where a container's cgroup lies that does not say where. */
    private static final String PARENT = "/jrun/";

    private Bundle() {}

    /**
     * The spec of a bundle, with absolute paths and a cgroup.
     *
     * @param bundle absolute
     * @throws OciException with every problem it has
     */
    static ContainerSpec read(Path bundle, String id) throws OciException, IOException {
        return complete(valid(bundle, spec -> spec), bundle, id);
    }

    /**
     * The same without a cgroup: systemd says where that is.
     *
     * @param scope told the cgroupsPath, which is {@code slice:prefix:name}
     */
    static ContainerSpec readForSystemd(Path bundle, String id, Consumer<Optional<String>> scope)
            throws OciException, IOException {
        return complete(valid(bundle, spec -> {
            scope.accept(spec.linux().cgroupsPath());
            return spec.withLinux(spec.linux().withCgroupsPath(Optional.empty()));
        }), bundle, id);
    }

    private static ContainerSpec valid(Path bundle, UnaryOperator<ContainerSpec> change)
            throws OciException, IOException {
        String text;
        try {
            text = JsonFile.read(bundle.resolve(CONFIG));
        } catch (NoSuchFileException absent) {
            throw new OciException(bundle.resolve(CONFIG) + " does not exist; a bundle has one"
                    + " (jrun spec makes an example)", absent);
        }
        ContainerSpec spec = change.apply(parse(text, bundle));
        refuse(bundle, SpecValidator.validate(spec));
        Path root = bundle.resolve(spec.root().path()).normalize();
        if (!Files.isDirectory(root)) {
            throw new OciException("root.path " + root + " is not a folder");
        }
        return spec;
    }

    private static ContainerSpec parse(String text, Path bundle) throws OciException {
        try {
            return SpecParser.parse(text);
        } catch (SpecException wrong) {
            refuse(bundle, wrong.problems());
            throw new OciException(wrong.getMessage(), wrong);
        }
    }

    private static void refuse(Path bundle, List<Problem> problems) throws OciException {
        if (!problems.isEmpty()) {
            throw new OciException(bundle.resolve(CONFIG) + ": " + sentence(problems));
        }
    }

    /** All problems in one line, whatever they quote. */
    static String sentence(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("; "))
                .replaceAll("\\p{Cntrl}", "?");
    }

    /** A process from a file of its own. */
    static Process process(String json) throws OciException {
        try {
            Process process = SpecParser.parseProcess(json);
            List<Problem> problems = SpecValidator.validateProcess(process);
            if (!problems.isEmpty()) {
                throw new OciException("process: " + sentence(problems));
            }
            return process;
        } catch (SpecException wrong) {
            throw new OciException("process: " + sentence(wrong.problems()), wrong);
        }
    }

    /** What the specification leaves to the runtime is said; the rest is as it was. */
    static ContainerSpec complete(ContainerSpec spec, Path bundle, String id) {
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : spec.mounts()) {
            Optional<String> source = mount.isBind()
                    ? mount.source().map(path -> bundle.resolve(path).toString()) : mount.source();
            mounts.add(new Mount(mount.destination(), mount.type(), source, mount.options(),
                    mount.uidMappings(), mount.gidMappings()));
        }
        Linux linux = spec.linux();
        Resources resources = linux.resources();
        Linux completeLinux = new Linux(linux.uidMappings(), linux.gidMappings(), linux.namespaces(),
                linux.devices(), Optional.of(linux.cgroupsPath().filter(path -> !path.isEmpty())
                        .orElse(PARENT + id)),
                new Resources(devices(resources.devices()), resources.memory(), resources.cpu(),
                        resources.pids(), resources.blockIo(), resources.hugepageLimits(),
                        resources.unified()),
                linux.rootfsPropagation().filter(name -> !name.isEmpty()), linux.seccomp(),
                linux.sysctl(), linux.maskedPaths(), linux.readonlyPaths(),
                linux.mountLabel().filter(label -> !label.isEmpty()), linux.personality(),
                linux.timeOffsets(), linux.netDevices());
        // As runc and crun have it: who names no capability has none.
        Process process = spec.process().withCapabilities(
                spec.process().capabilities().orElse(Process.Capabilities.none()));
        return new ContainerSpec(spec.ociVersion(), process,
                new Root(bundle.resolve(spec.root().path()).normalize().toString(),
                        spec.root().readonly()),
                spec.hostname(), spec.domainname(), mounts, spec.hooks(), spec.annotations(),
                completeLinux);
    }

    /**
     * The rules with the devices that the specification promises every container
     * (config-linux.md, default devices), which come before what the spec says of them.
     */
    private static List<DeviceRule> devices(List<DeviceRule> rules) {
        boolean deniesFirst = !rules.isEmpty() && rules.getFirst().equals(DeviceRule.denyAll());
        boolean allowsFirst = !rules.isEmpty() && !deniesFirst && rules.getFirst().allow()
                && rules.getFirst().type().equals("a");
        if (allowsFirst) {
            return rules;
        }
        List<DeviceRule> all = new ArrayList<>(DeviceRules.standard());
        all.addAll(deniesFirst ? rules.subList(1, rules.size()) : rules);
        return all;
    }
}
