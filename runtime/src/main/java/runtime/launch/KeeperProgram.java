package runtime.launch;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import linux.program.EncodedProgram;
import linux.program.Instruction;
import linux.program.Operand;
import linux.program.Slot;
import runtime.plan.LaunchPlan;
import runtime.plan.StatusPage;
import runtime.plan.Step;

/**
 * A launch plan as a keeper reads it. The plan itself is wanted only when a step failed, and is made again
 * then if the program came from a {@link ProgramTemplate}.
 */
public final class KeeperProgram {
    private final EncodedProgram encoded;
    private final LaunchPlan.IdRange idMapping;
    private final TracedSteps traced;
    private final Callable<LaunchPlan> plan;

    /**
     * How many steps a plan has, and which two read the clock.
     *
     * @param count of all steps
     * @param first index of the one that reads it before any work
     * @param last  index of the one that reads it when the program runs
     */
    record TracedSteps(int count, int first, int last) {
        private static TracedSteps of(LaunchPlan plan) {
            return new TracedSteps(plan.steps().size(), indexOf(plan, StatusPage.FIRST_STEP_AT),
                    indexOf(plan, StatusPage.RUNNING_AT));
        }

        private static int indexOf(LaunchPlan plan, Slot clock) {
            List<Step> steps = plan.steps();
            for (int i = 0; i < steps.size(); i++) {
                if (steps.get(i).instruction() instanceof Instruction.Call call
                        && call.arguments().contains(Operand.address(clock))) {
                    return i;
                }
            }
            throw new IllegalStateException("no step reads the clock into " + clock.name());
        }
    }

    private KeeperProgram(EncodedProgram encoded, LaunchPlan.IdRange idMapping, TracedSteps traced,
            Callable<LaunchPlan> plan) {
        this.encoded = encoded;
        this.idMapping = idMapping;
        this.traced = traced;
        this.plan = plan;
    }

    /** The program of a plan. */
    public static KeeperProgram of(LaunchPlan plan) {
        return new KeeperProgram(KeeperPrologue.program(plan), plan.idMapping(),
                TracedSteps.of(plan), () -> plan);
    }

    /**
     * The same steps with other bytes.
     *
     * @param bytes     of the same length
     * @param idMapping the user namespace's range
     * @param again     makes the plan these bytes are of
     */
    KeeperProgram with(byte[] bytes, LaunchPlan.IdRange idMapping, Callable<LaunchPlan> again) {
        return new KeeperProgram(new EncodedProgram(bytes, encoded.memoryBytes(), encoded.indexes(),
                encoded.slotAddresses()), idMapping, traced, again);
    }

    /** The same for one who has no use for the plan, which is large. */
    KeeperProgram withoutPlan() {
        return with(encoded.bytes(), idMapping, () -> {
            throw new IllegalStateException("this program's plan was not kept");
        });
    }

    EncodedProgram encoded() {
        return encoded;
    }

    LaunchPlan.IdRange idMapping() {
        return idMapping;
    }

    TracedSteps traced() {
        return traced;
    }

    /**
     * The plan.
     *
     * @throws IOException if it cannot be made again: the host is no longer as it was
     */
    public LaunchPlan plan() throws IOException {
        try {
            return plan.call();
        } catch (IOException | RuntimeException failed) {
            throw failed;
        } catch (Exception refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }
}
