package runtime.plan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.OpenFlag;
import linux.abi.ResolveFlag;
import linux.abi.SystemCall;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.ContainerSpec;
import runtime.spec.Process;

/**
 * The AppArmor profile and the SELinux label the kernel gives a process when it executes its
 * program.
 *
 * <p>The keeper opens the host's {@code /proc} before it makes anything of the container's, and the
 * files are found from there without crossing a mount: what an image or a volume puts on the
 * container's own {@code /proc} cannot swallow the label (as in CVE-2019-16884). They are opened
 * last of all, since the kernel takes a write only from the credentials the file was opened with.
 */
final class SecurityLabels {
    /** Present since Linux 5.8; jctl needs 5.12, so the older {@code attr/exec} is not tried. */
    static final String APPARMOR_FILE = "self/attr/apparmor/exec";
    static final String SELINUX_FILE = "thread-self/attr/exec";
    static final String PURPOSE = "security label";
    private static final String UNCONFINED = "unconfined";
    private static final int OPEN_HOW_SIZE = 24;
    private static final Slot PROC = Slot.result("host_proc");

    private SecurityLabels() {}

    /** @throws PlanException if the host's kernel lacks what the spec asks for */
    static void refuseMissing(ContainerSpec spec, PlanInput.Features features) {
        List<String> missing = new ArrayList<>();
        if (!features.appArmor()) {
            profile(spec.process()).ifPresent(name -> missing.add("the AppArmor profile " + name
                    + ", but the host's kernel runs without AppArmor"
                    + " (/sys/module/apparmor/parameters/enabled is not Y); start the kernel with"
                    + " lsm=…,apparmor, or leave it out (--security-opt apparmor=unconfined)"));
        }
        Optional<String> label = spec.process().selinuxLabel().or(() -> spec.linux().mountLabel());
        if (!features.seLinux() && label.isPresent()) {
            missing.add("the SELinux label " + label.get()
                    + ", but the host's kernel runs without SELinux (nothing is mounted on"
                    + " /sys/fs/selinux); start the kernel with lsm=…,selinux and a policy, or"
                    + " leave it out (--security-opt label=disable)");
        }
        if (!missing.isEmpty()) {
            throw new PlanException("asked for: " + String.join("; and ", missing));
        }
    }

    private static Optional<String> profile(Process process) {
        return process.apparmorProfile().filter(name -> !name.equals(UNCONFINED));
    }

    /** In the keeper's lane, before the namespaces. */
    static void openProc(Steps steps, Process process) {
        if (profile(process).isEmpty() && process.selinuxLabel().isEmpty()) {
            return;
        }
        steps.purpose(PURPOSE);
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text("/proc"),
                Operand.flags(OpenFlag.O_PATH, OpenFlag.O_CLOEXEC)).into(PROC).manual("proc(5)")
                .because("the host's own, which nothing of the container can cover");
    }

    /** In the lane of the process, once its credentials are the program's. */
    static void add(Steps steps, Process process) {
        steps.purpose(PURPOSE);
        profile(process).ifPresent(name -> write(steps, APPARMOR_FILE, "exec " + name,
                "AppArmor confines the program by this profile from its first instruction on"));
        process.selinuxLabel().ifPresent(label -> write(steps, SELINUX_FILE, label,
                "SELinux labels the program so from its first instruction on"));
    }

    private static void write(Steps steps, String file, String value, String reason) {
        Slot opened = Slot.result("attribute");
        steps.call(SystemCall.OPENAT2, Operand.value(PROC), Operand.text(file),
                Structures.openHow(List.of(OpenFlag.O_WRONLY, OpenFlag.O_CLOEXEC),
                        List.of(ResolveFlag.RESOLVE_NO_XDEV)), Operand.number(OPEN_HOW_SIZE))
                .into(opened).because("procfs itself, not something mounted there");
        steps.call(SystemCall.WRITE, Operand.value(opened), Operand.text(value),
                Operand.number(value.getBytes(StandardCharsets.UTF_8).length))
                .manual("proc_pid_attr(5)").because(reason);
        steps.call(SystemCall.CLOSE, Operand.value(opened)).ignoring()
                .because("the value is written");
    }

    /** A mount's options, as {@code mount(2)} reads them, with the label of all its files. */
    static String labelled(Optional<String> label, String type, String data) {
        if (label.isEmpty() || !takesContext(type)) {
            return data;
        }
        // The kernel takes the quotes off; without them a comma between categories ends the option.
        return (data.isEmpty() ? "" : data + ",") + "context=\"" + label.get() + "\"";
    }

    private static boolean takesContext(String type) {
        return switch (type) {
            case "tmpfs", "overlay", "devpts" -> true;
            default -> false;
        };
    }
}
