package runtime.spec;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import linux.abi.Capability;
import runtime.spec.Hooks.Hook;
import runtime.spec.Process.Capabilities;

/**
 * Writes a spec as an OCI {@code config.json}: keys in the specification's order, what is absent
 * left out, so that the same spec is always the same text and reading it gives the same spec.
 */
public final class SpecWriter {
    private static final ObjectWriter PRETTY = JsonMapper.builder().build().writer(
            new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n")));

    private SpecWriter() {}

    /** The spec as indented JSON, ending in a line feed. */
    public static String write(ContainerSpec spec) {
        return print(spec(spec));
    }

    /** The process alone, as {@link SpecParser#parseProcess} reads it. */
    public static String writeProcess(Process process) {
        return print(process(process));
    }

    private static String print(ObjectNode node) {
        try {
            return PRETTY.writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values cannot fail to print", e);
        }
    }

    private static ObjectNode spec(ContainerSpec spec) {
        ObjectNode node = newObject();
        node.put("ociVersion", spec.ociVersion());
        node.set("process", process(spec.process()));
        ObjectNode root = node.putObject("root").put("path", spec.root().path());
        flag(root, "readonly", spec.root().readonly());
        text(node, "hostname", spec.hostname());
        text(node, "domainname", spec.domainname());
        objects(node, "mounts", spec.mounts(), SpecWriter::mount);
        object(node, "hooks", hooks(spec.hooks()));
        texts(node, "annotations", spec.annotations());
        object(node, "linux", LinuxWriter.linux(spec.linux()));
        return node;
    }

    private static void mount(Mount mount, ObjectNode node) {
        node.put("destination", mount.destination());
        text(node, "type", mount.type());
        text(node, "source", mount.source());
        texts(node, "options", mount.options());
        objects(node, "uidMappings", mount.uidMappings(), SpecWriter::idMapping);
        objects(node, "gidMappings", mount.gidMappings(), SpecWriter::idMapping);
    }

    static void idMapping(IdMapping mapping, ObjectNode node) {
        node.put("containerID", mapping.containerId());
        node.put("hostID", mapping.hostId());
        node.put("size", mapping.size());
    }

    private static ObjectNode hooks(Hooks hooks) {
        ObjectNode node = newObject();
        objects(node, "prestart", hooks.prestart(), SpecWriter::hook);
        objects(node, "createRuntime", hooks.createRuntime(), SpecWriter::hook);
        objects(node, "createContainer", hooks.createContainer(), SpecWriter::hook);
        objects(node, "startContainer", hooks.startContainer(), SpecWriter::hook);
        objects(node, "poststart", hooks.poststart(), SpecWriter::hook);
        objects(node, "poststop", hooks.poststop(), SpecWriter::hook);
        return node;
    }

    private static void hook(Hook hook, ObjectNode node) {
        node.put("path", hook.path());
        texts(node, "args", hook.args());
        texts(node, "env", hook.env());
        number(node, "timeout", hook.timeoutSeconds());
    }

    private static ObjectNode process(Process process) {
        ObjectNode node = newObject();
        flag(node, "terminal", process.terminal());
        process.consoleSize().ifPresent(size -> node.putObject("consoleSize")
                .put("height", size.height()).put("width", size.width()));
        ObjectNode user = node.putObject("user");
        user.put("uid", process.user().uid());
        user.put("gid", process.user().gid());
        number(user, "umask", process.user().umask());
        if (!process.user().additionalGids().isEmpty()) {
            ArrayNode groups = user.putArray("additionalGids");
            process.user().additionalGids().forEach(groups::add);
        }
        texts(node, "args", process.args());
        texts(node, "env", process.env());
        node.put("cwd", process.cwd());
        process.capabilities().ifPresent(sets -> node.set("capabilities", capabilities(sets)));
        objects(node, "rlimits", process.rlimits(), (limit, target) -> {
            target.put("type", limit.type());
            unsigned(target, "hard", limit.hard());
            unsigned(target, "soft", limit.soft());
        });
        flag(node, "noNewPrivileges", process.noNewPrivileges());
        text(node, "apparmorProfile", process.apparmorProfile());
        text(node, "selinuxLabel", process.selinuxLabel());
        number(node, "oomScoreAdj", process.oomScoreAdj());
        process.scheduler().ifPresent(scheduler -> scheduler(scheduler, node));
        process.ioPriority().ifPresent(priority -> node.putObject("ioPriority")
                .put("class", priority.ioClass()).put("priority", priority.priority()));
        return node;
    }

    private static void scheduler(Process.Scheduler scheduler, ObjectNode process) {
        ObjectNode node = process.putObject("scheduler");
        node.put("policy", scheduler.policy());
        node.put("nice", scheduler.nice());
        node.put("priority", scheduler.priority());
        texts(node, "flags", scheduler.flags());
        node.put("runtime", scheduler.runtimeNanos());
        node.put("deadline", scheduler.deadlineNanos());
        node.put("period", scheduler.periodNanos());
    }

    private static ObjectNode capabilities(Capabilities sets) {
        ObjectNode node = newObject();
        texts(node, "bounding", names(sets.bounding()));
        texts(node, "effective", names(sets.effective()));
        texts(node, "inheritable", names(sets.inheritable()));
        texts(node, "permitted", names(sets.permitted()));
        texts(node, "ambient", names(sets.ambient()));
        return node;
    }

    private static List<String> names(Set<Capability> set) {
        return set.stream().sorted().map(Capability::manualName).toList();
    }

    static ObjectNode newObject() {
        return JsonNodeFactory.instance.objectNode();
    }

    static void flag(ObjectNode node, String name, boolean value) {
        if (value) {
            node.put(name, true);
        }
    }

    static void text(ObjectNode node, String name, Optional<String> value) {
        value.ifPresent(text -> node.put(name, text));
    }

    static void texts(ObjectNode node, String name, Collection<String> values) {
        if (!values.isEmpty()) {
            values.forEach(node.putArray(name)::add);
        }
    }

    static void texts(ObjectNode node, String name, Map<String, String> values) {
        if (!values.isEmpty()) {
            values.forEach(node.putObject(name)::put);
        }
    }

    static void number(ObjectNode node, String name, OptionalLong value) {
        value.ifPresent(number -> node.put(name, number));
    }

    static void number(ObjectNode node, String name, OptionalInt value) {
        value.ifPresent(number -> node.put(name, number));
    }

    static void unsigned(ObjectNode node, String name, OptionalLong value) {
        value.ifPresent(number -> unsigned(node, name, number));
    }

    static void unsigned(ObjectNode node, String name, long value) {
        if (value >= 0) {
            node.put(name, value);
        } else {
            node.put(name, new BigInteger(Long.toUnsignedString(value)));
        }
    }

    static void object(ObjectNode node, String name, ObjectNode value) {
        if (!value.isEmpty()) {
            node.set(name, value);
        }
    }

    static <T> void objects(
            ObjectNode node, String name, List<T> values, BiConsumer<T, ObjectNode> writer) {
        if (!values.isEmpty()) {
            ArrayNode array = node.putArray(name);
            values.forEach(value -> writer.accept(value, array.addObject()));
        }
    }
}
