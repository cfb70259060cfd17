package runtime.plan;

/** Everything a launch does, in order, as a value. */
public record LaunchPlan() {}
