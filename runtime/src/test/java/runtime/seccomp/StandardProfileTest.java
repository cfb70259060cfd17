package runtime.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import linux.abi.Architecture;
import linux.abi.Capability;
import linux.abi.SystemCall;
import linux.proc.KernelVersion;
import org.junit.jupiter.api.Test;
import runtime.seccomp.SeccompProfile.ConditionalRule;
import runtime.spec.Seccomp.Action;
import testkit.Requires;

class StandardProfileTest {
    private static final KernelVersion KERNEL = new KernelVersion(6, 18);

    private static SeccompFilter filter(Architecture architecture, Set<Capability> capabilities)
            throws SeccompException {
        return SeccompCompiler.compile(
                StandardProfile.profile(), architecture, capabilities, KERNEL);
    }

    private static SeccompFilter usual() throws SeccompException {
        return filter(Architecture.X86_64, Capability.containerSet());
    }

    @Test
    void everyNameIsACallAndEveryRuleHasAReason() {
        for (ConditionalRule rule : StandardProfile.profile().rules()) {
            assertFalse(rule.reason().isBlank());
            Set<String> seen = new HashSet<>();
            for (String name : rule.rule().names()) {
                assertTrue(SystemCall.named(name).isPresent(), name);
                assertTrue(seen.add(name), name + " twice");
            }
        }
    }

    @Test
    void deniesWhatEscapesAreMadeOf() throws SeccompException {
        for (SystemCall call : new SystemCall[] {
            SystemCall.MOUNT, SystemCall.UNSHARE, SystemCall.SETNS, SystemCall.PIVOT_ROOT,
            SystemCall.BPF, SystemCall.PERF_EVENT_OPEN, SystemCall.KEYCTL, SystemCall.ADD_KEY,
            SystemCall.REQUEST_KEY, SystemCall.OPEN_BY_HANDLE_AT, SystemCall.INIT_MODULE,
            SystemCall.FINIT_MODULE, SystemCall.KEXEC_LOAD, SystemCall.REBOOT,
            SystemCall.SWAPON, SystemCall.IOPL, SystemCall.SETTIMEOFDAY, SystemCall.USERFAULTFD,
            SystemCall.IO_URING_SETUP, SystemCall.MBIND, SystemCall.ACCT, SystemCall.SYSLOG,
            SystemCall.MOVE_PAGES, SystemCall.PIDFD_GETFD, SystemCall.FSOPEN}) {
            Verdict verdict = usual().verdict(call);
            assertEquals("fails with EPERM (Operation not permitted)", verdict.inWords(),
                    call.manualName());
        }
    }

    @Test
    void namespacesNeedSysAdminHoweverTheyAreAskedFor() throws SeccompException {
        SeccompFilter admin = filter(Architecture.X86_64, Set.of(Capability.SYS_ADMIN));
        for (long flag : new long[] {0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000,
            0x20000000, 0x40000000}) {
            assertFalse(usual().verdict(SystemCall.CLONE, flag | 0x11).isAllowed());
            assertTrue(admin.verdict(SystemCall.CLONE, flag | 0x11).isAllowed());
        }
        assertTrue(usual().verdict(SystemCall.CLONE, 0x3D0F00).isAllowed(), "a thread");
        assertTrue(usual().verdict(SystemCall.CLONE, 0x01200011).isAllowed(), "a fork");
        assertEquals("fails with ENOSYS (Function not implemented)",
                usual().verdict(SystemCall.CLONE3).inWords());
        assertTrue(admin.verdict(SystemCall.CLONE3).isAllowed());
    }

    @Test
    void vsockStaysShutAlsoWithBitsTheKernelCutsOff() throws SeccompException {
        assertFalse(usual().verdict(SystemCall.SOCKET, 40).isAllowed());
        assertFalse(usual().verdict(SystemCall.SOCKET, 0x1_00000028L).isAllowed());
        assertTrue(usual().verdict(SystemCall.SOCKET, 2).isAllowed());
        assertTrue(usual().verdict(SystemCall.SOCKET, 16).isAllowed());
    }

    @Test
    void onlyHarmlessPersonalities() throws SeccompException {
        for (long persona : new long[] {0, 8, 0x20000, 0x20008, 0xFFFFFFFFL}) {
            assertTrue(usual().verdict(SystemCall.PERSONALITY, persona).isAllowed());
        }
        assertFalse(usual().verdict(SystemCall.PERSONALITY, 0x0040000).isAllowed(), "no ASLR");
    }

    @Test
    void eachCapabilityOpensItsOwnCalls() throws SeccompException {
        assertTrue(usual().verdict(SystemCall.CHROOT).isAllowed());
        Set<Capability> less = EnumSet.copyOf(Capability.containerSet());
        less.remove(Capability.SYS_CHROOT);
        assertFalse(filter(Architecture.X86_64, less).verdict(SystemCall.CHROOT).isAllowed());
        assertTrue(filter(Architecture.X86_64, Set.of(Capability.BPF))
                .verdict(SystemCall.BPF).isAllowed());
        assertTrue(filter(Architecture.AARCH64, Set.of(Capability.SYS_TIME))
                .verdict(SystemCall.CLOCK_SETTIME).isAllowed());
        assertTrue(usual().verdict(SystemCall.PTRACE).isAllowed(), "as docker since Linux 4.8");
    }

    @Test
    void commonCallsTakeFewInstructions() throws SeccompException {
        for (Architecture architecture : Architecture.values()) {
            SeccompFilter filter = filter(architecture, Capability.containerSet());
            for (SystemCall call : SystemCall.values()) {
                if (call.existsOn(architecture)) {
                    Verdict verdict = filter.verdict(call);
                    assertTrue(verdict.instructions() <= 24,
                            call + " takes " + verdict.instructions());
                }
            }
            assertTrue(filter.verdict(SystemCall.READ).instructions() <= 13,
                    "read takes " + filter.verdict(SystemCall.READ).instructions());
            assertTrue(filter.instructions().size() < 400, "size " + filter.instructions().size());
        }
    }

    @Test
    void readsDockersShape() throws SeccompException {
        SeccompProfile profile = SeccompProfileParser.parse("""
                {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1,
                 "archMap": [{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": null}],
                 "syscalls": [
                  {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
                  {"name": "exit", "action": "SCMP_ACT_ALLOW"},
                  {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW",
                   "includes": {"minKernel": "4.8"}},
                  {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "comment": "for FUSE",
                   "includes": {"caps": ["CAP_SYS_ADMIN"]}, "excludes": {"arches": ["arm64"]}},
                  {"names": ["socket"], "action": "SCMP_ACT_ALLOW",
                   "args": [{"index": 0, "value": 40, "op": "SCMP_CMP_NE"}]}]}""");
        SeccompFilter old = SeccompCompiler.compile(profile, Architecture.X86_64,
                Set.of(Capability.SYS_ADMIN), new KernelVersion(4, 4));
        assertTrue(old.verdict(SystemCall.EXIT).isAllowed());
        assertTrue(old.verdict(SystemCall.MOUNT).isAllowed());
        assertFalse(old.verdict(SystemCall.PTRACE).isAllowed());
        assertFalse(old.verdict(SystemCall.SOCKET, 40).isAllowed());
        SeccompFilter arm = SeccompCompiler.compile(profile, Architecture.AARCH64,
                Set.of(Capability.SYS_ADMIN), KERNEL);
        assertFalse(arm.verdict(SystemCall.MOUNT).isAllowed());
        assertTrue(arm.verdict(SystemCall.PTRACE).isAllowed());
    }

    @Test
    void readsTheProfileOfPodmanAndAllowsNoEscapeItForbids() throws Exception {
        SeccompProfile other = SeccompProfileParser.parse(Files.readString(Requires.file(
                "/usr/share/containers/seccomp.json", "podman's seccomp profile")));
        for (Architecture architecture : Architecture.values()) {
            SeccompFilter theirs = SeccompCompiler.compile(
                    other, architecture, Capability.containerSet(), KERNEL);
            SeccompFilter ours = filter(architecture, Capability.containerSet());
            assertTrue(theirs.verdict(SystemCall.READ).isAllowed());
            for (SystemCall call : SystemCall.values()) {
                // Theirs is of 2022; what came after 5.16 it cannot know.
                if (call.existsOn(architecture) && call.number(architecture) < 448
                        && call != SystemCall.VMSPLICE && call != SystemCall.IO_PGETEVENTS) {
                    assertTrue(theirs.verdict(call).isAllowed()
                            || !ours.verdict(call).isAllowed(), call.manualName());
                }
            }
        }
    }

    @Test
    void brokenProfilesNameEveryProblem() {
        SeccompException failure = assertThrows(SeccompException.class, () ->
                SeccompProfileParser.parse("""
                        {"syscalls": [{"action": "SCMP_ACT_MAYBE",
                         "includes": {"caps": ["CAP_X"], "minKernel": "new"}}]}"""));
        for (String part : new String[] {"$.defaultAction: is missing", "SCMP_ACT_MAYBE",
            "$.syscalls[0].names", "CAP_X", "$.syscalls[0].includes.minKernel"}) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
    }

    @Test
    void verdictsReadLikeSentences() throws SeccompException {
        assertEquals("allowed", usual().verdict(SystemCall.READ).inWords());
        assertEquals(Action.ALLOW, usual().verdict(SystemCall.EXECVE).action());
    }
}
