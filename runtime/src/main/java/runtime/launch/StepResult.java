package runtime.launch;

/**
 * What one step did.
 *
 * @param index       the step's place in {@code LaunchPlan.steps()}
 * @param result      what the system call returned, negative errno if it failed
 * @param atNanos     nanoseconds after the first step of the plan, measured when the call had returned
 */
public record StepResult(int index, long result, long atNanos) {}
