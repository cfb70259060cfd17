package runtime.launch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import runtime.plan.LaunchPlan;

/**
 * Programs by what they were made of, so that the second start after the first of its kind need not plan
 * and encode. Safe for use by several threads.
 */
public final class KeeperPrograms {
    private static final int MAX_SHAPES = 32;
    private static final int MAX_TEMPLATES = 4;
    private static final int MAX_MISSES = 8;

    private final Map<Object, Known> shapes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Known> eldest) {
            return size() > MAX_SHAPES;
        }
    };

    /**
     * What a plan is made of.
     *
     * @param kind   all that plans can have in common, with {@code equals} and {@code hashCode}
     * @param values what is one container's own, longer than a byte each, in the same order for every plan
     *               of the kind
     */
    public record Shape(Object kind, List<byte[]> values) {
        public Shape {
            values = List.copyOf(values);
        }
    }

    private static final class Known {
        private final KeeperProgram program;
        private final List<byte[]> values;
        private final List<ProgramTemplate> templates = new ArrayList<>();
        private int misses;

        private Known(KeeperProgram program, List<byte[]> values) {
            this.program = program.withoutPlan();
            this.values = values;
        }
    }

    /**
     * The program of a plan that need not be made.
     *
     * @param again makes the plan, for the case that a step fails
     * @return empty if no template of this kind is proven yet
     */
    public Optional<KeeperProgram> find(
            Shape shape, LaunchPlan.IdRange idMapping, Callable<LaunchPlan> again) {
        ProgramTemplate template = template(shape);
        return template == null ? Optional.empty()
                : Optional.of(template.program(shape.values, idMapping, again));
    }

    private synchronized ProgramTemplate template(Shape shape) {
        Known known = shapes.get(shape.kind);
        if (known != null) {
            for (ProgramTemplate template : known.templates) {
                if (template.fits(shape.values)) {
                    return template;
                }
            }
        }
        return null;
    }

    /** Remembers a program that was encoded from a plan, as the first of its kind or as a proof. */
    public synchronized void learn(Shape shape, KeeperProgram program) {
        Known known = shapes.get(shape.kind);
        if (known == null) {
            shapes.put(shape.kind, new Known(program, shape.values));
            return;
        }
        if (known.misses >= MAX_MISSES || known.values.size() != shape.values.size()) {
            return;
        }
        Optional<ProgramTemplate> proven =
                ProgramTemplate.proven(known.program, known.values, program, shape.values);
        if (proven.isEmpty()) {
            known.misses++;
            return;
        }
        if (known.templates.size() == MAX_TEMPLATES) {
            known.templates.removeLast();
        }
        known.templates.addFirst(proven.get());
    }
}
