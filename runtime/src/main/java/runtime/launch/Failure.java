package runtime.launch;

import java.io.IOException;
import java.util.List;
import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.program.EncodedProgram;
import linux.program.Encoder;
import linux.program.Instruction;
import runtime.plan.FailureAdvice;
import runtime.plan.LaunchPlan;
import runtime.plan.StatusPage;
import runtime.plan.Step;

/** Maps what a keeper recorded back to the step it stands for. */
final class Failure {
    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;
    private static final int OTHER = 125;

    private Failure() {}

    /** The exception for the step recorded in the page. */
    static LaunchException of(KeeperProgram program, StatusView page) {
        int record = StatusPage.offsetBytes(StatusPage.FAILURE);
        int offset = page.integer(record) - 1;
        int errno = -page.integer(record + Integer.BYTES);
        int index = program.encoded().instructionAt(offset);
        if (index == EncodedProgram.NO_INSTRUCTION) {
            return new LaunchException("the keeper ended before it could say why; was it killed, or"
                    + " is the memory limit too small to start?", -1, 0, OTHER);
        }
        LaunchPlan plan;
        try {
            plan = program.plan();
        } catch (IOException changed) {
            return new LaunchException("step " + index + " of the launch failed: "
                    + Errno.describe(errno) + "; what it was to do can no longer be told ("
                    + changed.getMessage() + ")", index, errno, OTHER);
        }
        Step step = plan.steps().get(index);
        if (isProgram(step)) {
            return program(plan, page, index, errno);
        }
        return new LaunchException(step.purpose() + ": step " + index + " of " + plan.steps().size()
                + ", " + step.spelling() + " = " + Errno.describe(errno) + "; it is there because "
                + step.reason() + FailureAdvice.of(step, errno), index, errno, OTHER);
    }

    private static boolean isProgram(Step step) {
        return step.purpose().equals("program");
    }

    /** Of all attempts to execute the program the most telling: not allowed before not there. */
    private static LaunchException program(
            LaunchPlan plan, StatusView page, int failedIndex, int failedErrno) {
        int errno = failedErrno;
        List<Step> steps = plan.steps();
        for (int index = 0; index < steps.size() && index < StatusPage.TRACE_CAPACITY; index++) {
            if (steps.get(index).instruction() instanceof Instruction.Call call
                    && (call.call() == SystemCall.EXECVE || call.call() == SystemCall.FACCESSAT)) {
                int tried = (int) -page.number(
                        StatusPage.TRACE_OFFSET_BYTES + index * Encoder.TRACE_BYTES);
                if (tried > 0 && tried != Errno.ENOENT.number() && tried != Errno.ENOTDIR.number()) {
                    errno = tried;
                }
            }
        }
        boolean missing = errno == Errno.ENOENT.number() || errno == Errno.ENOTDIR.number();
        String name = plan.program();
        String where = name.contains("/") ? "" : " in $PATH";
        String message = missing
                ? "exec: \"" + name + "\": executable file not found" + where
                        + " (or the interpreter it names is missing)"
                : "exec: \"" + name + "\": " + Errno.describe(errno) + FailureAdvice.ofProgram(errno);
        return new LaunchException(message, failedIndex, errno, missing ? NOT_FOUND : NOT_EXECUTABLE);
    }
}
