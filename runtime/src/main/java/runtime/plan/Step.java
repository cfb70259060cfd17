package runtime.plan;

import linux.program.Instruction;
import linux.program.Spelling;

/**
 * One step of a launch: an instruction with its reason.
 *
 * @param lane        who performs it
 * @param purpose     the part of isolation it belongs to, for example {@code root file system}
 * @param instruction what is done
 * @param reason      why, as a sentence for a reader who knows the manual page
 * @param manual      where it is described: {@code mount(2)}, {@code cgroups(7)}
 */
public record Step(Lane lane, String purpose, Instruction instruction, String reason, String manual) {

    /** Whether it is a system call, and not an instruction of the stub's own. */
    public boolean isSystemCall() {
        return instruction instanceof Instruction.Call;
    }

    /** The call as strace spells it. */
    public String spelling() {
        return Spelling.of(instruction);
    }
}
