package clusterd.autoscale;

import clusterd.model.ScaleTarget;

/**
 * How many tasks one target asks for.
 *
 * @param tasks    so many
 * @param complete whether it is known of as many tasks as there should be: if not, there must not be fewer for it
 * @param why      the number, in words
 */
record Demand(int tasks, boolean complete, String why) {
    /** A ratio as near to 1 as this is none: Kubernetes' tolerance. */
    static final double TOLERANCE = 0.1;
    /** More than any service may have. */
    private static final int MOST = 1_000_000_000;

    /**
     * What is said about one target.
     *
     * @param sum    of what is in use, in tasks that have exactly what is wanted of them
     * @param heard  of so many tasks
     * @param of     so many there should be
     * @param text   in words
     */
    record Measured(double sum, int heard, int of, String text) {
    }

    /**
     * As Kubernetes decides: who is not heard of has nothing to do if there would be more, and just enough if there
     * would be fewer.
     */
    static Demand ofOwn(Measured measured) {
        int current = measured.of();
        if (measured.heard() == 0) {
            return new Demand(current, false, measured.text());
        }
        int missing = Math.max(0, current - measured.heard());
        double ratio = measured.sum() / measured.heard();
        double whole = ratio > 1 ? measured.sum() : measured.sum() + missing;
        boolean near = Math.abs(ratio - 1) <= TOLERANCE
                || current > 0 && Math.abs(whole / current - 1) <= TOLERANCE;
        int wanted = near ? current : ceiling(whole);
        int tasks = ratio > 1 ? Math.max(wanted, current) : Math.min(wanted, current);
        return new Demand(tasks, true, measured.text());
    }

    /** As much as all of another service's tasks say; nothing is known unless all of them say it. */
    static Demand ofOthers(Measured measured, int current) {
        if (measured.heard() == 0) {
            return new Demand(current, false, measured.text());
        }
        boolean near = current > 0 && Math.abs(measured.sum() / current - 1) <= TOLERANCE;
        int wanted = near ? current : ceiling(measured.sum());
        boolean complete = measured.heard() >= measured.of();
        return new Demand(complete ? wanted : Math.max(wanted, current), complete, measured.text());
    }

    private static int ceiling(double tasks) {
        return (int) Math.clamp(Math.ceil(tasks - 1e-9), 0, MOST);
    }

    /** What a target is called: {@code cpu}, {@code memory}, {@code queue_length of broker}. */
    static String name(ScaleTarget target) {
        return switch (target) {
            case ScaleTarget.Cpu cpu -> "cpu";
            case ScaleTarget.Memory memory -> "memory";
            case ScaleTarget.Metric metric -> metric.query() + (metric.service().isEmpty() ? ""
                    : " of " + metric.service());
        };
    }
}
