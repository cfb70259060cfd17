package runtime.spec;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import linux.abi.Capability;
import runtime.spec.Hooks.Hook;
import runtime.spec.Process.Capabilities;
import runtime.spec.Process.IoPriority;
import runtime.spec.Process.Rlimit;
import runtime.spec.Process.Scheduler;

/**
 * Says everything that is wrong with a spec as a spec: what contradicts itself, what the OCI
 * runtime-spec forbids, what is not supported. What a given host lacks is found when planning.
 */
public final class SpecValidator {
    /** {@code __NEW_UTS_LEN} of {@code linux/utsname.h}. */
    private static final int MAX_NAME_BYTES = 64;
    private static final Set<String> RLIMITS = Set.of("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_CPU",
            "RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_LOCKS", "RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE",
            "RLIMIT_NICE", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_RSS", "RLIMIT_RTPRIO",
            "RLIMIT_RTTIME", "RLIMIT_SIGPENDING", "RLIMIT_STACK");
    private static final Set<String> POLICIES = Set.of("SCHED_OTHER", "SCHED_FIFO", "SCHED_RR",
            "SCHED_BATCH", "SCHED_IDLE", "SCHED_DEADLINE");
    private static final Set<String> SCHEDULER_FLAGS = Set.of("SCHED_FLAG_RESET_ON_FORK",
            "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY",
            "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX");
    private static final Set<String> IO_CLASSES =
            Set.of("IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE");

    private static final Pattern VERSION = Pattern.compile("1\\.\\d+\\.\\d+([-+].*)?");

    private final ContainerSpec spec;
    private final ProblemList problems = new ProblemList();

    private SpecValidator(ContainerSpec spec) {
        this.spec = spec;
    }

    /** Every problem, in the order of the document; none for a spec that may be planned. */
    public static List<Problem> validate(ContainerSpec spec) {
        SpecValidator validator = new SpecValidator(spec);
        validator.top();
        process(validator.problems, "$.process", spec.process());
        validator.mounts();
        validator.hooks();
        new LinuxValidator(spec, validator.problems).check();
        return validator.problems.list();
    }

    /** The problems of a further process for a running container. */
    public static List<Problem> validateProcess(Process process) {
        ProblemList problems = new ProblemList();
        process(problems, "$", process);
        return problems.list();
    }

    private void top() {
        problems.require(VERSION.matcher(spec.ociVersion()).matches(), "$.ociVersion",
                "version 1 of the OCI runtime-spec is known, not \""
                        + ProblemList.shortened(spec.ociVersion()) + "\"");
        problems.require(!spec.root().path().isEmpty(), "$.root.path", "must not be empty");
        problems.noNul("$.root.path", spec.root().path());
        spec.hostname().ifPresent(name -> systemName("hostname", name));
        spec.domainname().ifPresent(name -> systemName("domainname", name));
        for (Map.Entry<String, String> annotation : spec.annotations().entrySet()) {
            problems.require(!annotation.getKey().isEmpty(), "$.annotations",
                    "has an entry without a name; name it");
        }
    }

    private void systemName(String field, String name) {
        String path = "$." + field;
        problems.noNul(path, name);
        problems.require(
                name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES,
                path, "may have 64 bytes at most");
        problems.require(spec.linux().namespace(NamespaceType.UTS).isPresent(), path,
                "needs a uts namespace, or it would rename the host; add one to linux.namespaces");
    }

    private static void process(ProblemList problems, String path, Process process) {
        problems.require(!process.args().isEmpty() && !process.args().getFirst().isEmpty(),
                path + ".args", "must name a program");
        for (int i = 0; i < process.args().size(); i++) {
            problems.noNul(path + ".args[" + i + "]", process.args().get(i));
        }
        problems.environment(path + ".env", process.env());
        problems.noNul(path + ".cwd", process.cwd());
        problems.require(process.cwd().startsWith("/"), path + ".cwd",
                "must be an absolute path, not \"" + ProblemList.shortened(process.cwd()) + "\"");
        process.capabilities().ifPresent(
                sets -> capabilities(problems, path + ".capabilities", sets));
        rlimits(problems, path + ".rlimits", process.rlimits());
        process.scheduler().ifPresent(
                scheduler -> scheduler(problems, path + ".scheduler", scheduler));
        process.apparmorProfile().ifPresent(
                profile -> problems.label(path + ".apparmorProfile", profile));
        process.selinuxLabel().ifPresent(
                label -> problems.label(path + ".selinuxLabel", label));
        process.ioPriority().ifPresent(
                priority -> ioPriority(problems, path + ".ioPriority", priority));
    }

    private static void capabilities(ProblemList problems, String path, Capabilities sets) {
        subset(problems, path + ".effective", sets.effective(), sets.permitted(), "permitted");
        subset(problems, path + ".ambient", sets.ambient(), sets.permitted(), "permitted");
        subset(problems, path + ".permitted", sets.permitted(), sets.bounding(), "bounding");
    }

    private static void subset(
            ProblemList problems,
            String path,
            Set<Capability> set,
            Set<Capability> larger,
            String name) {
        Set<Capability> missing = new TreeSet<>(set);
        missing.removeAll(larger);
        problems.require(missing.isEmpty(), path, "holds " + missing
                + ", which are not in the " + name + " set; add them there (capabilities(7))");
    }

    private static void rlimits(ProblemList problems, String path, List<Rlimit> limits) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < limits.size(); i++) {
            Rlimit limit = limits.get(i);
            String place = path + "[" + i + "]";
            problems.require(RLIMITS.contains(limit.type()), place + ".type",
                    "unknown limit \"" + ProblemList.shortened(limit.type())
                            + "\"; setrlimit(2) lists them");
            problems.require(seen.add(limit.type()), place + ".type",
                    limit.type() + " is given twice");
            problems.require(Long.compareUnsigned(limit.soft(), limit.hard()) <= 0, place + ".soft",
                    "must not be above the hard limit");
        }
    }

    private static void scheduler(ProblemList problems, String path, Scheduler scheduler) {
        String policy = scheduler.policy();
        problems.require(POLICIES.contains(policy), path + ".policy", "unknown policy \""
                + ProblemList.shortened(policy) + "\"; sched(7) lists them");
        boolean realtime = policy.equals("SCHED_FIFO") || policy.equals("SCHED_RR");
        problems.require(realtime == scheduler.priority() > 0, path + ".priority",
                "must be 1 to 99 for SCHED_FIFO and SCHED_RR, and 0 for others");
        problems.require(SCHEDULER_FLAGS.containsAll(scheduler.flags()), path + ".flags",
                "sched_setattr(2) has other flags than " + scheduler.flags());
        if (policy.equals("SCHED_DEADLINE")) {
            problems.require(scheduler.runtimeNanos() > 0
                            && scheduler.runtimeNanos() <= scheduler.deadlineNanos()
                            && scheduler.deadlineNanos() <= scheduler.periodNanos(),
                    path, "SCHED_DEADLINE needs 0 < runtime ≤ deadline ≤ period");
        }
    }

    private static void ioPriority(ProblemList problems, String path, IoPriority priority) {
        problems.require(IO_CLASSES.contains(priority.ioClass()), path + ".class",
                "must be IOPRIO_CLASS_RT, _BE or _IDLE");
    }

    private void mounts() {
        for (int i = 0; i < spec.mounts().size(); i++) {
            Mount mount = spec.mounts().get(i);
            String path = "$.mounts[" + i + "]";
            problems.absolutePath(path + ".destination", mount.destination());
            mount.source().ifPresent(source -> problems.noNul(path + ".source", source));
            mount.options().forEach(option -> problems.noNul(path + ".options", option));
            if (mount.isBind()) {
                problems.require(mount.source().isPresent(), path + ".source",
                        "is missing; a bind mount needs what to show");
            } else {
                problems.require(mount.type().isPresent(), path + ".type",
                        "is missing; give a file system type, or the option bind");
            }
            problems.require(mount.uidMappings().isEmpty() == mount.gidMappings().isEmpty(), path,
                    "must have both uidMappings and gidMappings, or neither");
            IdMappings.check(problems, path + ".uidMappings", mount.uidMappings());
            IdMappings.check(problems, path + ".gidMappings", mount.gidMappings());
        }
    }

    private void hooks() {
        hooks("prestart", spec.hooks().prestart());
        hooks("createRuntime", spec.hooks().createRuntime());
        hooks("createContainer", spec.hooks().createContainer());
        hooks("startContainer", spec.hooks().startContainer());
        hooks("poststart", spec.hooks().poststart());
        hooks("poststop", spec.hooks().poststop());
    }

    private void hooks(String name, List<Hook> hooks) {
        for (int i = 0; i < hooks.size(); i++) {
            String path = "$.hooks." + name + "[" + i + "]";
            problems.absolutePath(path + ".path", hooks.get(i).path());
            problems.environment(path + ".env", hooks.get(i).env());
            for (String argument : hooks.get(i).args()) {
                problems.noNul(path + ".args", argument);
            }
        }
    }
}
