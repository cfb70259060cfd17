package runtime.launch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import runtime.plan.LaunchPlan;

/**
 * Follows observed system calls through a plan: from each step only the steps its instruction leads to
 * can come next, so a call the plan does not have, one left out, or one out of order is found.
 */
final class PlanPath {
    private final List<Instruction> instructions;
    private final Map<String, Integer> labels = new HashMap<>();
    private Set<Integer> possible;

    PlanPath(LaunchPlan plan, String startLabel) {
        instructions = plan.instructions();
        for (int i = 0; i < instructions.size(); i++) {
            if (instructions.get(i) instanceof Instruction.Label(String name)) {
                labels.put(name, i);
            }
        }
        possible = calls(Set.of(startLabel.isEmpty() ? 0 : labels.get(startLabel)));
    }

    /** Takes one observed call; returns what the plan expected if it was something else. */
    List<String> take(Observed observed) {
        Set<Integer> next = new LinkedHashSet<>();
        List<String> expected = new ArrayList<>();
        for (int index : possible) {
            Instruction.Call call = (Instruction.Call) instructions.get(index);
            if (matches(call, observed)) {
                next.addAll(after(index, call, observed));
            } else {
                expected.add(index + " " + linux.program.Spelling.of(call));
            }
        }
        if (next.isEmpty() && !ends(observed)) {
            return expected.isEmpty() ? List.of("nothing more") : expected;
        }
        possible = calls(next);
        return List.of();
    }

    private static boolean ends(Observed observed) {
        return observed.name().equals("exit_group");
    }

    /** One line of strace. */
    record Observed(String name, String arguments, long result) {}

    private Set<Integer> after(int index, Instruction.Call call, Observed observed) {
        if (observed.result() == 0 && call.onZero().isPresent()) {
            return Set.of(labels.get(call.onZero().get()));
        }
        if (observed.result() < 0) {
            return switch (call.onError()) {
                case OnError.Fail(String label) -> Set.of(labels.get(label));
                case OnError.Goto(String label) -> Set.of(labels.get(label));
                case OnError.Ignore() -> Set.of(index + 1);
                case OnError.Tolerate(int errno, String name, String label) -> Set.of(index + 1);
            };
        }
        return Set.of(index + 1);
    }

    /** The system calls reachable without performing another one. */
    private Set<Integer> calls(Set<Integer> from) {
        Set<Integer> seen = new TreeSet<>();
        Set<Integer> found = new LinkedHashSet<>();
        List<Integer> open = new ArrayList<>(from);
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (index >= instructions.size() || !seen.add(index)) {
                continue;
            }
            switch (instructions.get(index)) {
                case Instruction.Call call -> found.add(index);
                case Instruction.JumpIfClear jump -> {
                    open.add(labels.get(jump.label()));
                    if (jump.mask() != 0) {
                        open.add(index + 1);
                    }
                }
                case Instruction.Store32 store -> open.add(index + 1);
                case Instruction.Store64 store -> open.add(index + 1);
                case Instruction.Check32 check -> open.add(index + 1);
                case Instruction.Decimal decimal -> open.add(index + 1);
                case Instruction.Label label -> open.add(index + 1);
                case Instruction.Return ret -> { }
            }
        }
        return found;
    }

    private static boolean matches(Instruction.Call call, Observed observed) {
        if (!call.call().manualName().equals(observed.name())) {
            return false;
        }
        for (Operand operand : call.arguments()) {
            if (operand instanceof Operand.Text(String text)
                    && !observed.arguments().contains(quoted(text))) {
                return false;
            }
            if (operand instanceof Operand.Number(long value, String symbol)
                    && symbol.startsWith("MS_") && !hasFlags(observed.arguments(), symbol)) {
                return false;
            }
        }
        return true;
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private static boolean hasFlags(String arguments, String symbol) {
        for (String flag : symbol.split("\\|")) {
            if (!arguments.contains(flag)) {
                return false;
            }
        }
        return true;
    }
}
