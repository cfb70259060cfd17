package clusterd.model;

import java.util.List;

/**
 * How the number of a service's tasks follows what they have to do. Each target asks for a number; the largest
 * counts.
 *
 * @param minimum          never fewer
 * @param maximum          never more
 * @param targets          1 or more
 * @param upWindowMillis   for how long more must have been asked for before there are more
 * @param downWindowMillis for how long fewer must have been asked for before there are fewer
 * @param upStep           how fast there may be more
 * @param downStep         how fast there may be fewer
 */
public record Autoscaling(int minimum, int maximum, List<ScaleTarget> targets, long upWindowMillis,
        long downWindowMillis, ScaleStep upStep, ScaleStep downStep) {
    /** As Kubernetes has it: more at once. */
    public static final long UP_WINDOW_MILLIS = 0;
    /** As Kubernetes has it: fewer after five minutes. */
    public static final long DOWN_WINDOW_MILLIS = 300_000;
    /** Ten times as many every ten seconds: fifty times as many need two steps, and one false reading one. */
    public static final ScaleStep UP_STEP = new ScaleStep(900, 10, 10_000);
    /** As Kubernetes has it: all at once, when the window is over. */
    public static final ScaleStep DOWN_STEP = new ScaleStep(100, 0, 15_000);

    /** Copies the list. */
    public Autoscaling {
        targets = List.copyOf(targets);
    }

    /** With the usual windows and steps. */
    public static Autoscaling of(int minimum, int maximum, ScaleTarget... targets) {
        return new Autoscaling(minimum, maximum, List.of(targets), UP_WINDOW_MILLIS, DOWN_WINDOW_MILLIS, UP_STEP,
                DOWN_STEP);
    }

    /** The same with other windows. */
    public Autoscaling withWindows(long upMillis, long downMillis) {
        return new Autoscaling(minimum, maximum, targets, upMillis, downMillis, upStep, downStep);
    }

    /** The same with other steps. */
    public Autoscaling withSteps(ScaleStep up, ScaleStep down) {
        return new Autoscaling(minimum, maximum, targets, upWindowMillis, downWindowMillis, up, down);
    }
}
