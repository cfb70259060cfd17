package runtime.plan;

import java.util.ArrayList;
import java.util.List;
import linux.program.Instruction;
import linux.program.Spelling;

/** Prints a plan: each call in strace's spelling, grouped by purpose, with reason and manual page. */
public final class PlanPrinter {
    private static final int REASON_COLUMN = 4;

    private PlanPrinter() {}

    /** The whole plan as text. */
    public static String text(LaunchPlan plan) {
        StringBuilder out = new StringBuilder();
        print(out, plan.steps());
        print(out, plan.init());
        return out.toString();
    }

    private static void print(StringBuilder out, List<Step> steps) {
        Lane lane = null;
        String purpose = "";
        for (int index = 0; index < steps.size(); index++) {
            Step step = steps.get(index);
            if (step.lane() != lane) {
                lane = step.lane();
                out.append(out.isEmpty() ? "" : "\n").append(heading(lane)).append('\n');
                purpose = "";
            }
            if (!step.purpose().equals(purpose)) {
                purpose = step.purpose();
                out.append('\n').append("  # ").append(purpose).append('\n');
            }
            line(out, index, step);
        }
    }

    private static String heading(Lane lane) {
        return switch (lane) {
            case KEEPER -> "KEEPER: stays outside, holds the output, reports the exit";
            case CONTAINER -> "CONTAINER: becomes the program";
            case INIT -> "INIT: what the container's first process has become; its steps are counted anew";
        };
    }

    private static void line(StringBuilder out, int index, Step step) {
        if (step.instruction() instanceof Instruction.Label(String name)) {
            out.append("  ").append(name).append(":\n");
            return;
        }
        out.append(String.format(java.util.Locale.ROOT, "%5d %s%n", index, step.spelling()));
        out.append(" ".repeat(REASON_COLUMN + 2)).append("- ").append(step.reason());
        if (!step.manual().isEmpty()) {
            out.append("  [").append(step.manual()).append(']');
        }
        out.append('\n');
    }

    /** One record of the machine-readable form. */
    public record Entry(int index, String lane, String purpose, String call, List<String> arguments,
            String text, String reason, String manual) {}

    /** The steps for tools: labels left out, indexes those of the plan. */
    public static List<Entry> entries(LaunchPlan plan) {
        List<Entry> entries = new ArrayList<>();
        add(entries, plan.steps());
        add(entries, plan.init());
        return entries;
    }

    private static void add(List<Entry> entries, List<Step> steps) {
        for (int index = 0; index < steps.size(); index++) {
            Step step = steps.get(index);
            if (step.instruction() instanceof Instruction.Call call) {
                entries.add(new Entry(index, step.lane().name(), step.purpose(),
                        call.call().manualName(),
                        call.arguments().stream().map(Spelling::operand).toList(),
                        step.spelling(), step.reason(), step.manual()));
            } else if (!(step.instruction() instanceof Instruction.Label)) {
                entries.add(new Entry(index, step.lane().name(), step.purpose(), "", List.of(),
                        step.spelling(), step.reason(), ""));
            }
        }
    }
}
