package cli.jrun;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import linux.abi.Capability;
import runtime.plan.SystemCallFilter;
import runtime.spec.NamespaceType;

/** What {@code features} prints (OCI runtime-spec features.md): what jrun can, whatever the host can. */
final class Features {
    private Features() {}

    static ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("ociVersionMin", "1.0.0").put("ociVersionMax", "1.3.0");
        texts(node.putArray("hooks"), List.of("prestart", "createRuntime", "createContainer",
                "startContainer", "poststart", "poststop"));
        texts(node.putArray("mountOptions"), List.of("async", "atime", "bind", "defaults", "dev",
                "diratime", "exec", "idmap", "noatime", "nodev", "nodiratime", "noexec", "nosuid",
                "nosymfollow", "private", "ratime", "rbind", "rdev", "rdiratime", "relatime",
                "remount", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec",
                "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime", "rro", "rrw", "rshared",
                "rslave", "rstrictatime", "rsuid", "runbindable", "rw", "shared", "slave",
                "strictatime", "suid", "sync", "unbindable"));
        ObjectNode linux = node.putObject("linux");
        ArrayNode namespaces = linux.putArray("namespaces");
        for (NamespaceType type : NamespaceType.values()) {
            namespaces.add(type.specName());
        }
        ArrayNode capabilities = linux.putArray("capabilities");
        for (Capability capability : Capability.values()) {
            capabilities.add("CAP_" + capability.name());
        }
        linux.putObject("cgroup").put("v1", true).put("v2", true).put("systemd", true)
                .put("systemdUser", true).put("rdma", false);
        seccomp(linux.putObject("seccomp"));
        linux.putObject("apparmor").put("enabled", true);
        linux.putObject("selinux").put("enabled", true);
        linux.putObject("intelRdt").put("enabled", false);
        linux.putObject("mountExtensions").putObject("idmap").put("enabled", true);
        linux.putObject("netDevices").put("enabled", true);
        return node;
    }

    private static void seccomp(ObjectNode seccomp) {
        seccomp.put("enabled", true);
        texts(seccomp.putArray("actions"), List.of("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO",
                "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
                "SCMP_ACT_NOTIFY", "SCMP_ACT_TRACE", "SCMP_ACT_TRAP"));
        List<String> flags = SystemCallFilter.KNOWN.stream().map(Enum::name).sorted().toList();
        texts(seccomp.putArray("knownFlags"), flags);
        texts(seccomp.putArray("supportedFlags"), flags);
        texts(seccomp.putArray("operators"), List.of("SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT",
                "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"));
        texts(seccomp.putArray("archs"), List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"));
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
