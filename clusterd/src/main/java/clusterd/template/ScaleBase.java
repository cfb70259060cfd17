package clusterd.template;

import api.node.CreateContainerRequest;
import api.node.Resources;
import clusterd.model.TaskTemplate;

/**
 * What a task's use is a percentage of: what it reserves, or may use at most if it reserves none.
 *
 * @param cpuMillis   thousandths of a processor; 0 = nothing was said
 * @param memoryBytes of main memory; 0 = nothing was said
 */
public record ScaleBase(long cpuMillis, long memoryBytes) {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long USUAL_PERIOD_MICROS = 100_000;
    private static final long MILLIS_PER_PROCESSOR = 1_000;

    /** Of tasks of that template; nothing of one that cannot be read. */
    public static ScaleBase of(TaskTemplate template) {
        Resources limits;
        try {
            CreateContainerRequest options = TaskContainerRequest.decode(template.container());
            limits = options.getResources();
        } catch (TemplateException refusedWhenItWasWritten) {
            limits = Resources.getDefaultInstance();
        }
        long cpu = template.reservation().cpuMillis();
        long memory = template.reservation().memoryBytes();
        return new ScaleBase(cpu > 0 ? cpu : cpuLimit(limits), memory > 0 ? memory : limits.getMemoryLimitBytes());
    }

    private static long cpuLimit(Resources limits) {
        if (limits.getNanoCpus() > 0) {
            return Math.max(1, limits.getNanoCpus() / NANOS_PER_MILLI);
        }
        if (limits.getCpuQuotaMicros() <= 0) {
            return 0;
        }
        long period = limits.getCpuPeriodMicros() > 0 ? limits.getCpuPeriodMicros() : USUAL_PERIOD_MICROS;
        return Math.max(1, limits.getCpuQuotaMicros() * MILLIS_PER_PROCESSOR / period);
    }
}
