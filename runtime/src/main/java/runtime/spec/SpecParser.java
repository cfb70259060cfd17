package runtime.spec;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import linux.abi.Capability;
import runtime.spec.Hooks.Hook;
import runtime.spec.Process.Capabilities;
import runtime.spec.Process.ConsoleSize;
import runtime.spec.Process.IoPriority;
import runtime.spec.Process.Rlimit;
import runtime.spec.Process.Scheduler;
import runtime.spec.Process.User;

/**
 * Reads an OCI {@code config.json}. Unknown fields are ignored, as the specification demands; what
 * is known but not supported here is a problem.
 */
public final class SpecParser {
    private SpecParser() {}

    /**
     * The spec a JSON text describes; {@link SpecValidator} says whether it makes sense.
     *
     * @throws SpecException with every field of the wrong type, missing or not supported
     */
    public static ContainerSpec parse(String json) throws SpecException {
        List<Problem> problems = new ArrayList<>();
        ContainerSpec spec = spec(new Fields(JsonText.parseObject(json), problems));
        if (!problems.isEmpty()) {
            throw new SpecException(problems);
        }
        return spec;
    }

    /**
     * The process of a JSON text of its own, as {@code runc exec --process} takes it.
     *
     * @throws SpecException as {@link #parse}
     */
    public static Process parseProcess(String json) throws SpecException {
        List<Problem> problems = new ArrayList<>();
        Process process = process(new Fields(JsonText.parseObject(json), problems));
        if (!problems.isEmpty()) {
            throw new SpecException(problems);
        }
        return process;
    }

    /**
     * Limits of a JSON text of their own, as {@code runc update --resources} takes them.
     *
     * @throws SpecException as {@link #parse}
     */
    public static Resources parseResources(String json) throws SpecException {
        List<Problem> problems = new ArrayList<>();
        Resources resources = LinuxParser.resources(new Fields(JsonText.parseObject(json), problems));
        if (!problems.isEmpty()) {
            throw new SpecException(problems);
        }
        return resources;
    }

    private static ContainerSpec spec(Fields fields) {
        for (String other : List.of("solaris", "windows", "vm", "zos", "freebsd")) {
            if (fields.has(other)) {
                fields.problem(other, "is for another platform; remove it");
            }
        }
        return new ContainerSpec(
                fields.text("ociVersion"),
                process(requiredObject(fields, "process")),
                root(requiredObject(fields, "root")),
                fields.optionalText("hostname"),
                fields.optionalText("domainname"),
                fields.objects("mounts", SpecParser::mount),
                hooks(fields.objectOrEmpty("hooks")),
                fields.textsByKey("annotations"),
                fields.object("linux").map(LinuxParser::linux).orElseGet(Linux::empty));
    }

    private static Fields requiredObject(Fields fields, String name) {
        if (!fields.has(name)) {
            fields.problem(name, "is missing; an object is required");
            return Fields.ignored();
        }
        return fields.objectOrEmpty(name);
    }

    private static Root root(Fields fields) {
        return new Root(fields.text("path"), fields.flag("readonly"));
    }

    private static Mount mount(Fields fields) {
        return new Mount(
                fields.text("destination"),
                fields.optionalText("type"),
                fields.optionalText("source"),
                fields.texts("options"),
                fields.objects("uidMappings", SpecParser::idMapping),
                fields.objects("gidMappings", SpecParser::idMapping));
    }

    static IdMapping idMapping(Fields fields) {
        return new IdMapping(fields.id("containerID"), fields.id("hostID"), fields.id("size"));
    }

    private static Hooks hooks(Fields fields) {
        return new Hooks(
                fields.objects("prestart", SpecParser::hook),
                fields.objects("createRuntime", SpecParser::hook),
                fields.objects("createContainer", SpecParser::hook),
                fields.objects("startContainer", SpecParser::hook),
                fields.objects("poststart", SpecParser::hook),
                fields.objects("poststop", SpecParser::hook));
    }

    private static Hook hook(Fields fields) {
        return new Hook(
                fields.text("path"),
                fields.texts("args"),
                fields.texts("env"),
                fields.optionalInt("timeout", 1, Integer.MAX_VALUE));
    }

    private static Process process(Fields fields) {
        if (fields.has("execCPUAffinity")) {
            fields.problem("execCPUAffinity",
                    "is not supported; remove it, or set linux.resources.cpu.cpus");
        }
        boolean terminal = fields.flag("terminal");
        Optional<ConsoleSize> consoleSize = fields.object("consoleSize").map(SpecParser::size);
        return new Process(
                terminal,
                consoleSize,
                user(fields.objectOrEmpty("user")),
                fields.texts("args"),
                fields.texts("env"),
                fields.text("cwd"),
                fields.object("capabilities").map(SpecParser::capabilities),
                fields.objects("rlimits", SpecParser::rlimit),
                fields.flag("noNewPrivileges"),
                fields.optionalText("apparmorProfile"),
                fields.optionalText("selinuxLabel"),
                fields.optionalInt("oomScoreAdj", -1000, 1000),
                fields.object("scheduler").map(SpecParser::scheduler),
                fields.object("ioPriority").map(SpecParser::ioPriority));
    }

    private static ConsoleSize size(Fields fields) {
        return new ConsoleSize(
                fields.optionalInt("height", 0, 0xFFFF).orElse(0),
                fields.optionalInt("width", 0, 0xFFFF).orElse(0));
    }

    private static User user(Fields fields) {
        if (fields.optionalText("username").isPresent()) {
            fields.problem("username", "is for Windows; give uid and gid");
        }
        OptionalInt umask = fields.optionalInt("umask", 0, 0777);
        return new User(
                fields.optionalId("uid").orElse(0),
                fields.optionalId("gid").orElse(0),
                umask,
                fields.ids("additionalGids"));
    }

    private static Capabilities capabilities(Fields fields) {
        return new Capabilities(
                capabilitySet(fields, "bounding"),
                capabilitySet(fields, "effective"),
                capabilitySet(fields, "inheritable"),
                capabilitySet(fields, "permitted"),
                capabilitySet(fields, "ambient"));
    }

    private static Set<Capability> capabilitySet(Fields fields, String name) {
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (String text : fields.texts(name)) {
            Capability.named(text).ifPresentOrElse(set::add, () -> fields.problem(name,
                    "unknown capability \"" + text + "\"; capabilities(7) lists them"));
        }
        return set;
    }

    private static Rlimit rlimit(Fields fields) {
        return new Rlimit(fields.text("type"), fields.unsigned("hard"), fields.unsigned("soft"));
    }

    private static Scheduler scheduler(Fields fields) {
        return new Scheduler(
                fields.text("policy"),
                fields.optionalInt("nice", -20, 19).orElse(0),
                fields.optionalInt("priority", 0, 99).orElse(0),
                fields.texts("flags"),
                fields.optionalNumber("runtime").orElse(0),
                fields.optionalNumber("deadline").orElse(0),
                fields.optionalNumber("period").orElse(0));
    }

    private static IoPriority ioPriority(Fields fields) {
        return new IoPriority(
                fields.text("class"), fields.optionalInt("priority", 0, 7).orElse(0));
    }
}
