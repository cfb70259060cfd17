package runtime.plan;

import java.util.List;
import linux.abi.SystemCall;
import linux.program.Operand;
import linux.program.Slot;

/** What devices a container may use on cgroup v2: a program attached to its cgroup ({@code bpf(2)}). */
final class DeviceFilter {
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_ATTACH = 8;
    private static final long BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    private static final int BPF_CGROUP_DEVICE = 6;
    private static final int BPF_F_ALLOW_MULTI = 2;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int LOAD_BYTES = 48;
    private static final int ATTACH_BYTES = 16;

    private DeviceFilter() {}

    static void add(Steps steps, byte[] program, int cgroupDescriptor) {
        steps.purpose("devices");
        Slot loaded = Slot.result("device_program");
        long count = program.length / INSTRUCTION_BYTES;
        // union bpf_attr: u32 prog_type, u32 insn_cnt, u64 insns, u64 license, log fields, version.
        Operand load = new Operand.Words(List.of(
                Operand.number(BPF_PROG_TYPE_CGROUP_DEVICE | count << 32,
                        "prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt=" + count),
                new Operand.Block(program, "insns=/* " + count + " instructions */"),
                Operand.text("Apache-2.0"), Operand.number(0), Operand.number(0),
                Operand.number(0)), false);
        steps.call(SystemCall.BPF, Operand.number(BPF_PROG_LOAD, "BPF_PROG_LOAD"), load,
                Operand.number(LOAD_BYTES)).into(loaded)
                .because("cgroup v2 has no file for device rules; a program decides each access");
        Slot attach = Slot.buffer("device_attach", ATTACH_BYTES);
        steps.store(attach, 0, Operand.number(cgroupDescriptor), "the cgroup");
        steps.store(attach, 4, Operand.value(loaded), "the program");
        steps.store(attach, 8, Operand.number(BPF_CGROUP_DEVICE), "asked for each device access");
        steps.store(attach, 12, Operand.number(BPF_F_ALLOW_MULTI), "beside those of cgroups above");
        steps.call(SystemCall.BPF, Operand.number(BPF_PROG_ATTACH, "BPF_PROG_ATTACH"),
                Operand.address(attach), Operand.number(ATTACH_BYTES))
                .because("in force for everybody in the cgroup, gone with it");
        steps.call(SystemCall.CLOSE, Operand.value(loaded)).ignoring().because("the cgroup holds it");
    }
}
