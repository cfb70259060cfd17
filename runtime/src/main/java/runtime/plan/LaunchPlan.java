package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import linux.abi.SystemCall;
import linux.program.Instruction;

/**
 * Everything a launch does, in order, as a value.
 *
 * <p>Steps of both lanes stand in one list, the keeper's first: the keeper's steps end where it has
 * nothing left to do but wait, the container's end with {@code execve(2)}.
 *
 * @param steps             what is done
 * @param cgroupDirectories made by the plan, to be removed when the container is gone, innermost first
 * @param hasTerminal       whether standard input and output are a terminal
 * @param opensInput        whether the keeper holds a pipe to standard input
 * @param idMapping         the first host id and the number of ids of the user namespace, for the
 *                          descriptor the keeper is handed; a size of 0 for none
 * @param program           the first word of what is executed, for error messages
 * @param init              what the container's init does, if it has one
 */
public record LaunchPlan(
        List<Step> steps,
        List<String> cgroupDirectories,
        boolean hasTerminal,
        boolean opensInput,
        IdRange idMapping,
        String program,
        List<Step> init) {

    public LaunchPlan {
        steps = List.copyOf(steps);
        cgroupDirectories = List.copyOf(cgroupDirectories);
        init = List.copyOf(init);
    }

    /**
     * A range of host ids that are 0 .. size-1 inside.
     *
     * @param hostId first id outside
     * @param size   how many; 0 if there is no user namespace
     */
    public record IdRange(long hostId, long size) {
        /** No user namespace. */
        public static final IdRange NONE = new IdRange(0, 0);

        /** Whether there is a user namespace at all. */
        public boolean isPresent() {
            return size > 0;
        }
    }

    /** The step that maps the status page: those before it cannot leave a trace in it. */
    public int firstTracedStep() {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).instruction() instanceof Instruction.Call call
                    && call.call() == SystemCall.MMAP) {
                return i;
            }
        }
        return steps.size();
    }

    /** The instructions alone, index for index. */
    public List<Instruction> instructions() {
        List<Instruction> instructions = new ArrayList<>(steps.size());
        for (Step step : steps) {
            instructions.add(step.instruction());
        }
        return instructions;
    }
}
